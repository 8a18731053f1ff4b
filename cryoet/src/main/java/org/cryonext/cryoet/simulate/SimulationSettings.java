package org.cryonext.cryoet.simulate;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import org.cryonext.engine.io.InputException;

/**
 * What to simulate.
 *
 * @param tomograms how many
 * @param size voxels of each specimen
 * @param particles in each specimen; left out, SHREC's crowding ({@link VolumeSize#usualParticles})
 * @param imaging how they are imaged
 * @param seed equal seeds give equal bytes, whatever the number of threads
 * @param templates folder of densities (MRC, 10 Angstrom a voxel) named by protein; left out, procedural assemblies
 * @param threads worker threads
 */
public record SimulationSettings(
        int tomograms,
        VolumeSize size,
        OptionalInt particles,
        Imaging imaging,
        long seed,
        Optional<Path> templates,
        int threads) {
    /** The largest number of particles: the occupancy is kept in 16 bits. */
    public static final int MOST_PARTICLES = Character.MAX_VALUE;

    /** @throws InputException if a number is out of bounds */
    public SimulationSettings {
        require(tomograms >= 1, "--tomograms " + tomograms + " must be at least 1");
        require(threads >= 1, "--threads " + threads + " must be at least 1");
        int n = particles.orElse(1);
        require(n >= 1 && n <= MOST_PARTICLES, "--particles " + n + " must be between 1 and " + MOST_PARTICLES);
    }

    /** Imaged as SHREC's, but for the signal-to-noise ratio. */
    public SimulationSettings(
            int tomograms,
            VolumeSize size,
            OptionalInt particles,
            double snr,
            long seed,
            Optional<Path> templates,
            int threads) {
        this(tomograms, size, particles, Imaging.ofSnr(snr), seed, templates, threads);
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new InputException(message);
        }
    }

    /** How the specimens are tilted. */
    TiltGeometry geometry() {
        return TiltGeometry.upTo(imaging.maxTilt());
    }

    /** Particles in each specimen. */
    public int particleCount() {
        return particles.orElse(size.usualParticles());
    }
}
