package org.cryonext.cryoet.simulate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.cryonext.cryoet.dataset.ShrecTomogram;
import org.cryonext.cryoet.particle.Particle;
import org.cryonext.cryoet.particle.ShrecParticles;
import org.cryonext.cryoet.particle.ZxzAngles;
import org.cryonext.cryoet.volume.MrcForm;
import org.cryonext.cryoet.volume.MrcWriter;

/**
 * Writes one tomogram's files, named and laid out as SHREC 2020's.
 *
 * @param folder of the tomogram
 * @param specimen its size and particles
 */
record TomogramFiles(Path folder, Specimen specimen) {
    // Slices of the reconstruction computed and written together: enough to keep all threads busy, little memory.
    static final int SLAB = 16;
    private static final List<String> MASKS =
            List.of("occupancy_mask.mrc", "occupancy_bbox.mrc", "class_mask.mrc", "class_bbox.mrc");

    /** The volume with its contrast as it is now, on top of water. */
    void writeDensity(String name) throws IOException {
        VolumeSize size = specimen.size();
        MrcWriter.writeDirectly(folder.resolve(name), MrcForm.shrec(size.nx(), size.ny(), size.nz()), writer -> {
            float[] slice = new float[size.nx() * size.ny()];
            for (float[] contrast : specimen.contrast()) {
                for (int i = 0; i < slice.length; i++) {
                    slice[i] = Specimen.WATER + contrast[i];
                }
                writer.slice(slice);
            }
        });
    }

    /** Class and occupancy masks. */
    void writeMasks(Workers workers) {
        workers.each(4, i -> {
            char[][] numbers = i % 2 == 0 ? specimen.occupancy() : specimen.boxes();
            IntUnaryOperator value = i < 2 ? number -> number : this::classId;
            try {
                writeMask(MASKS.get(i), numbers, value);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private int classId(int number) {
        return number == 0 ? 0 : specimen.particles().get(number - 1).protein() + 1;
    }

    private void writeMask(String name, char[][] numbers, IntUnaryOperator value) throws IOException {
        float[] values = new float[specimen.particles().size() + 1];
        for (int i = 0; i < values.length; i++) {
            values[i] = value.applyAsInt(i);
        }
        VolumeSize size = specimen.size();
        MrcWriter.writeDirectly(folder.resolve(name), MrcForm.shrec(size.nx(), size.ny(), size.nz()), writer -> {
            float[] slice = new float[size.nx() * size.ny()];
            for (char[] row : numbers) {
                for (int i = 0; i < slice.length; i++) {
                    slice[i] = values[row[i]];
                }
                writer.slice(slice);
            }
        });
    }

    /** A tilt series; {@code offsets} are added to the images. */
    void writeSeries(String name, TiltSeries series, float[] offsets) throws IOException {
        MrcForm form = MrcForm.shrec(series.nx(), series.ny(), series.tilts());
        MrcWriter.writeDirectly(folder.resolve(name), form, writer -> {
            float[] image = new float[series.nx() * series.ny()];
            for (int tilt = 0; tilt < series.tilts(); tilt++) {
                series.copyImage(tilt, offsets[tilt], image);
                writer.slice(image);
            }
        });
    }

    /** The reconstruction, computed slab by slab. */
    void writeReconstruction(TiltSeries filtered, TiltGeometry geometry, Workers workers) throws IOException {
        VolumeSize size = specimen.size();
        int nz = size.reconstructionSlices();
        BackProjector projector = new BackProjector(filtered, geometry, nz);
        MrcForm form = MrcForm.shrec(size.nx(), size.ny(), nz);
        MrcWriter.writeDirectly(folder.resolve("reconstruction.mrc"), form, writer -> {
            float[][] slab = new float[SLAB][size.nx() * size.ny()];
            for (int z = 0; z < nz; z += SLAB) {
                int count = Math.min(SLAB, nz - z);
                projector.slices(z, slab, count, workers);
                for (int k = 0; k < count; k++) {
                    writer.slice(slab[k]);
                }
            }
        });
    }

    /** The particle list: {@code pdb X Y Z rot_Z1 rot_X rot_Z2} a line. */
    void writeParticles() {
        Path list = folder.resolve(ShrecTomogram.PARTICLES);
        List<Particle> particles = new ArrayList<>();
        for (Placement p : specimen.particles()) {
            Rotation r = p.rotation();
            String name = Protein.SHREC_2020.get(p.protein()).name();
            ZxzAngles angles = new ZxzAngles(r.z1(), r.x(), r.z2());
            particles.add(new Particle(list.toString(), particles.size() + 1, null, p.x(), p.y(), p.z(), name, angles));
        }
        ShrecParticles.write(list, particles);
    }
}
