package org.cryonext.cryoet.simulate;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.cryonext.cryoet.fourier.Fourier;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.Progress;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Simulates tomograms in SHREC 2020's layout. The recipe, the files and what differs from SHREC are in
 * docs/simulation.md.
 */
public final class Simulator {
    // Counts changes of the recipe: a folder begun by another one is not continued.
    private static final int RECIPE = 1;
    private static final int STEPS = 6;

    private final SimulationSettings settings;
    private final List<Density> densities;
    private final TiltGeometry geometry;
    private final Microscope microscope;
    private final Progress progress;

    private Simulator(SimulationSettings settings, List<Density> densities, Progress progress) {
        this.settings = settings;
        this.densities = densities;
        this.progress = progress;
        VolumeSize size = settings.size();
        geometry = settings.geometry();
        ContrastTransfer transfer =
                ContrastTransfer.underFocus(settings.imaging().defocus());
        microscope = new Microscope(geometry, transfer, size.nx(), size.ny());
    }

    /**
     * Fills {@code out} with {@code model_0}, {@code model_1}, ... A run that was stopped is continued at the first
     * tomogram that is not whole; equal settings give equal bytes.
     *
     * @param out a new or empty folder, or one of an earlier run with the same settings and at most as many tomograms
     * @param say shows what it will take, once nothing is known that stands in its way
     * @return the tomograms' folders
     * @throws InputException if the folder holds something else or cannot be written, the templates cannot be read, the
     *     particles do not fit, or memory does not suffice
     */
    public static List<Path> run(Path out, SimulationSettings settings, Progress progress, Consumer<String> say) {
        requireMemory(settings);
        List<Density> densities = densities(settings.templates());
        SimulationFolder folder = SimulationFolder.open(out, describe(settings, densities));
        say.accept("Simulating takes " + (memory(settings) >> 20) + " MiB of memory, and each tomogram "
                + (disk(settings) >> 20) + " MiB of disk");
        try {
            return new Simulator(settings, densities, progress).fill(folder);
        } catch (InputException e) {
            folder.discardIfEmpty();
            throw e;
        }
    }

    /**
     * Bytes of heap that a simulation takes at its peak. Everything is counted twice: Java's collector gives a large array
     * whole regions of the heap, of which it may leave almost half empty.
     */
    public static long memory(SimulationSettings settings) {
        VolumeSize size = settings.size();
        long tilts = settings.geometry().tilts();
        long plane = (long) size.nx() * size.ny();
        long volumes = size.voxels() * (Float.BYTES + 2 * Character.BYTES);
        long slab = (TomogramFiles.SLAB + 4L) * plane * Float.BYTES;
        long series = tilts * (size.nx() + 2) * (size.ny() + Lanes.BLOCK) * Float.BYTES;
        long padded = (long) Fourier.paddedSize(size.nx()) * Fourier.paddedSize(size.ny()) * Float.BYTES;
        return 2 * (volumes + slab + 3 * series + padded * (tilts + 8L * settings.threads())) + (48L << 20);
    }

    /** Bytes of disk that a tomogram takes. */
    public static long disk(SimulationSettings settings) {
        VolumeSize size = settings.size();
        long slices = 6L * size.nz()
                + size.reconstructionSlices()
                + 2L * settings.geometry().tilts();
        return slices * size.nx() * size.ny() * Float.BYTES;
    }

    private static void requireMemory(SimulationSettings settings) {
        long needed = memory(settings);
        long available = Runtime.getRuntime().maxMemory();
        if (needed > available) {
            throw new InputException("A tomogram of " + settings.size() + " voxels needs " + (needed >> 20)
                    + " MiB of memory and " + (available >> 20)
                    + " MiB may be used; give more with --memory or a smaller"
                    + " --size");
        }
    }

    private static ObjectNode describe(SimulationSettings settings, List<Density> densities) {
        Imaging imaging = settings.imaging();
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("recipe", RECIPE);
        node.put("tomograms", settings.tomograms());
        node.putArray("size")
                .add(settings.size().nx())
                .add(settings.size().ny())
                .add(settings.size().nz());
        node.put("particles", settings.particleCount());
        node.put("snr", imaging.snr());
        node.put("defocus", imaging.defocus());
        node.put("max_tilt", imaging.maxTilt());
        node.put("seed", settings.seed());
        node.put("densities", settings.templates().isPresent() ? "templates" : "assemblies");
        node.put("densities_sha256", digest(densities));
        return node;
    }

    /** Those of a folder, or the invented ones. */
    static List<Density> densities(Optional<Path> templates) {
        return templates.map(Templates::read).orElseGet(Assemblies::densities);
    }

    /**
     * Takes away what {@link #run} has made, and nothing else; the folder too, if it is empty then.
     *
     * @throws InputException if something cannot be deleted
     */
    public static void discard(Path out) {
        SimulationFolder.discard(out);
    }

    static String digest(List<Density> densities) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (Density density : densities) {
                ByteBuffer bytes = ByteBuffer.allocate(density.contrast().length * Float.BYTES);
                bytes.asFloatBuffer().put(density.contrast());
                digest.update(bytes);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private List<Path> fill(SimulationFolder folder) {
        List<Path> folders = new ArrayList<>();
        progress.start("Simulating tomograms", (long) STEPS * settings.tomograms(), "steps");
        try (Workers workers = new Workers(settings.threads())) {
            for (int k = 0; k < settings.tomograms(); k++) {
                int number = k;
                if (folder.holds(number)) {
                    progress.advance(STEPS);
                } else {
                    folder.make(number, path -> simulate(path, number, workers));
                }
                folders.add(folder.tomogram(number));
            }
        }
        progress.finish();
        return folders;
    }

    private void simulate(Path path, int number, Workers workers) throws IOException {
        VolumeSize size = settings.size();
        RandomStreams streams = new RandomStreams(settings.seed(), number);
        note(number, "particles");
        Specimen specimen = SpecimenMaker.make(densities, size, settings.particleCount(), streams, workers);
        TomogramFiles files = new TomogramFiles(path, specimen);
        files.writeParticles();
        step(number, "masks");
        files.writeMasks(workers);
        step(number, "noise-free");
        files.writeDensity("grandmodel_noisefree.mrc");
        files.writeSeries("projections_noisefree.mrc", project(specimen, workers), ice(size.nz()));
        step(number, "projections");
        specimen.addWaterNoise(streams, workers);
        files.writeDensity("grandmodel.mrc");
        TiltSeries projections = project(specimen, workers);
        step(number, "microscope");
        Microscope.Exposure exposure =
                microscope.expose(projections, size.nz(), settings.imaging().snr(), streams, workers);
        files.writeSeries("projections.mrc", exposure.images(), exposure.means());
        step(number, "reconstruction");
        files.writeReconstruction(exposure.filtered(), geometry, workers);
        progress.advance(1);
    }

    private TiltSeries project(Specimen specimen, Workers workers) {
        VolumeSize size = specimen.size();
        return Projector.project(specimen.contrast(), size.nx(), size.ny(), geometry, workers);
    }

    private float[] ice(int thickness) {
        float[] values = new float[geometry.tilts()];
        for (int tilt = 0; tilt < values.length; tilt++) {
            values[tilt] = (float) (Specimen.WATER * thickness / geometry.cos(tilt));
        }
        return values;
    }

    private void step(int number, String next) {
        progress.advance(1);
        note(number, next);
    }

    private void note(int number, String what) {
        progress.note("model_" + number + ": " + what);
    }
}
