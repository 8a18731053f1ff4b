package org.cryonext.cryoet.demo;

import java.nio.file.Path;
import java.util.List;

/**
 * What a demo is made of.
 *
 * @param tomograms to simulate; the last one tests, the one before it validates, the others train
 * @param size voxels of each along x, y and z
 * @param particles in each
 * @param depths blocks of the four stages of both networks; null for those of their recipes
 * @param dims channels of the four stages; null for those of the recipes
 * @param epochs of the training on the grandmodel
 * @param reconstructionEpochs of the training on the reconstruction, whose network is smaller
 * @param batch particles a step
 * @param rate largest learning rate
 * @param seed of everything random
 * @param templates folder of densities to simulate from; null for invented assemblies of SHREC 2020's masses
 */
public record DemoSettings(
        int tomograms,
        List<Integer> size,
        int particles,
        List<Integer> depths,
        List<Integer> dims,
        int epochs,
        int reconstructionEpochs,
        int batch,
        double rate,
        long seed,
        String templates) {
    private static final List<Integer> SIZE = List.of(256, 256, 96);
    private static final int PARTICLES = 300;

    /** Copies the lists. */
    public DemoSettings {
        size = List.copyOf(size);
        depths = depths == null ? null : List.copyOf(depths);
        dims = dims == null ? null : List.copyOf(dims);
    }

    /** Minutes: figures that mean something. */
    public static DemoSettings full() {
        return of(16, 6, 30, 32);
    }

    /** A minute: shows that everything works. Smaller batches make up for a part of the steps that fewer particles give. */
    public static DemoSettings quick() {
        return of(5, 3, 16, 16);
    }

    private static DemoSettings of(int tomograms, int epochs, int reconstructionEpochs, int batch) {
        return new DemoSettings(
                tomograms, SIZE, PARTICLES, null, null, epochs, reconstructionEpochs, batch, 2e-3, 1, null);
    }

    /** The same on particles simulated from given densities, as {@code cryonext simulate --templates} takes them. */
    public DemoSettings withTemplates(Path folder) {
        return new DemoSettings(
                tomograms,
                size,
                particles,
                depths,
                dims,
                epochs,
                reconstructionEpochs,
                batch,
                rate,
                seed,
                folder.toAbsolutePath().normalize().toString());
    }
}
