package org.cryonext.cryoet.robustness;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.cryonext.cryoet.network.Mirrors;
import org.cryonext.cryoet.simulate.Imaging;
import org.cryonext.cryoet.simulate.SimulationSettings;
import org.cryonext.cryoet.simulate.VolumeSize;

/**
 * What to measure.
 *
 * @param run folder of the run whose best checkpoint answers
 * @param data where the tomograms are that the run was trained on; empty for where the run says
 * @param out folder of the results; empty for {@code RUN/robustness}
 * @param templates folder of the densities to simulate from; empty for invented assemblies
 * @param tomograms how many under each condition
 * @param size voxels of each
 * @param particles in each; left out, SHREC's crowding
 * @param seed of the specimens and of the directions of picking errors
 * @param against what is changed, at least one
 * @param quick whether few values of each are enough
 * @param keepData whether the simulated tomograms stay
 * @param mirrors of each particle's cube over whose answers the mean is taken
 * @param threads worker threads of the simulation
 */
public record RobustnessSettings(
        Path run,
        Optional<Path> data,
        Optional<Path> out,
        Optional<Path> templates,
        int tomograms,
        VolumeSize size,
        OptionalInt particles,
        long seed,
        List<Factor> against,
        boolean quick,
        boolean keepData,
        Mirrors mirrors,
        int threads) {
    /** The usual number of tomograms. */
    public static final int TOMOGRAMS = 2;

    /** The usual size of a tomogram. */
    public static final VolumeSize SIZE = new VolumeSize(256, 256, 96);

    /** The size of the only tomogram of a quick study. */
    public static final VolumeSize QUICK_SIZE = new VolumeSize(128, 128, 64);

    /** The usual seed: far from those that data to train on are simulated with. */
    public static final long SEED = 101;

    /** @throws org.cryonext.engine.io.InputException where a number is out of bounds */
    public RobustnessSettings {
        against = against.stream().distinct().sorted().toList();
        // Refuses what cannot be simulated.
        simulation(tomograms, size, particles, Imaging.SHREC, seed, templates, threads);
    }

    private static SimulationSettings simulation(
            int tomograms,
            VolumeSize size,
            OptionalInt particles,
            Imaging imaging,
            long seed,
            Optional<Path> templates,
            int threads) {
        return new SimulationSettings(tomograms, size, particles, imaging, seed, templates, threads);
    }

    /** What is simulated under a condition: the same specimens under each. */
    SimulationSettings simulation(Imaging imaging) {
        return simulation(tomograms, size, particles, imaging, seed, templates, threads);
    }
}
