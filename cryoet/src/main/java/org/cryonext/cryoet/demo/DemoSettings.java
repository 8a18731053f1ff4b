package org.cryonext.cryoet.demo;

import java.nio.file.Path;
import java.util.List;
import org.cryonext.models.convnext.Size;

/**
 * What a demo is made of.
 *
 * @param tomograms to simulate; the last one tests, the one before it validates, the others train
 * @param size voxels of each along x, y and z
 * @param particles in each
 * @param depths blocks of the network's four stages
 * @param dims channels of the four stages
 * @param epochs of each of the two trainings
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
        int batch,
        double rate,
        long seed,
        String templates) {
    private static final List<Integer> SIZE = List.of(256, 256, 96);
    private static final int PARTICLES = 300;

    /** Copies the lists. */
    public DemoSettings {
        size = List.copyOf(size);
        depths = List.copyOf(depths);
        dims = List.copyOf(dims);
    }

    /** Minutes: figures that mean something. */
    public static DemoSettings full() {
        return atto(16, 6, 32);
    }

    /** A minute: shows that everything works. Smaller batches make up for a part of the steps that fewer particles give. */
    public static DemoSettings quick() {
        return atto(5, 3, 16);
    }

    private static DemoSettings atto(int tomograms, int epochs, int batch) {
        return new DemoSettings(
                tomograms, SIZE, PARTICLES, Size.ATTO.depths(), Size.ATTO.dims(), epochs, batch, 2e-3, 1, null);
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
                batch,
                rate,
                seed,
                folder.toAbsolutePath().normalize().toString());
    }
}
