package org.cryonext.cryoet.dataset;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.cryonext.cryoet.particle.ParticleList;
import org.cryonext.cryoet.particle.ShrecParticles;
import org.cryonext.cryoet.triplet.Placement;
import org.cryonext.cryoet.volume.MrcVolume;
import org.cryonext.engine.io.InputException;

/**
 * One tomogram of a SHREC 2020 data set.
 *
 * @param name of its folder, for instance {@code model_9}
 * @param folder where its files are
 */
public record ShrecTomogram(String name, Path folder) implements LabelledTomogram {
    /** Name of the particle list in a tomogram's folder. */
    public static final String PARTICLES = "particle_locations.txt";

    /** Files that have the ground truth's number of slices, the likeliest first. */
    private static final List<String> GROUND_TRUTH = List.of(
            "class_mask.mrc", "occupancy_mask.mrc", "grandmodel.mrc", "grandmodel_noisefree.mrc", "class_bbox.mrc");

    /**
     * Reads its particles; their z is that of the ground truth, whatever the source.
     *
     * @throws InputException where the list is missing, empty or has a line that cannot be read
     */
    @Override
    public ParticleList particles() {
        return ShrecParticles.read(folder.resolve(PARTICLES), name);
    }

    /**
     * Opens one of its volumes. SHREC's headers say a voxel of 1 Angstrom where it is 10; nothing here depends on it.
     *
     * @throws InputException where the file is missing or cannot be read
     */
    @Override
    public MrcVolume open(Source source) {
        if (source == Source.TOMOGRAM) {
            throw new InputException(folder + " is of SHREC's layout, in which --source is grandmodel, noisefree or"
                    + " reconstruction; tomogram is for particle lists of one's own");
        }
        Path file = folder.resolve(source.file());
        if (!Files.exists(file)) {
            throw new InputException(file + ": missing; it is needed for --source "
                    + source.name().toLowerCase(Locale.ROOT) + "; unpack the whole data set or choose another source");
        }
        return MrcVolume.open(file);
    }

    @Override
    public Placement placement(Source source) {
        return Placement.shifted(zOffset(source));
    }

    /**
     * What has to be added to a particle's z to find it in the source: 0 for the ground truth, half of the reconstruction's
     * additional slices (156 at SHREC's full size) for the reconstruction.
     *
     * @param source where the particle is looked for
     * @throws InputException where the slices of ground truth and reconstruction do not fit together
     */
    public int zOffset(Source source) {
        if (source != Source.RECONSTRUCTION) {
            return 0;
        }
        Optional<Path> truth =
                GROUND_TRUTH.stream().map(folder::resolve).filter(Files::exists).findFirst();
        if (truth.isEmpty()) {
            throw new InputException(folder + ": the z offset of reconstruction.mrc cannot be told, as none of "
                    + String.join(", ", GROUND_TRUTH) + " is there; unpack at least class_mask.mrc");
        }
        try (MrcVolume reconstruction = open(source);
                MrcVolume mask = MrcVolume.open(truth.get())) {
            int difference = reconstruction.nz() - mask.nz();
            if (difference < 0
                    || difference % 2 != 0
                    || mask.nx() != reconstruction.nx()
                    || mask.ny() != reconstruction.ny()) {
                throw new InputException(reconstruction.name() + ": " + reconstruction.size()
                        + " voxels do not fit the " + mask.size() + " of " + mask.name()
                        + ": x and y must be equal and z larger by an even number; do both belong to one tomogram?");
            }
            return difference / 2;
        }
    }
}
