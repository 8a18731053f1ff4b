package org.cryonext.cryoet.simulate;

import java.util.SplittableRandom;

/**
 * Independent random numbers for every row of every stage, so that the order in which rows are computed does not matter.
 *
 * @param seed of the simulation
 * @param tomogram its number
 */
record RandomStreams(long seed, int tomogram) {
    /** What the numbers are for. */
    enum Use {
        CLASS,
        ROTATION,
        POSITION,
        WATER,
        STRUCTURE,
        SHOT
    }

    /** The generator for one row; equal arguments give equal numbers. */
    SplittableRandom of(Use use, long row) {
        return new SplittableRandom(mix(mix(mix(seed) + tomogram) + use.ordinal() * 0x1_0000_0000L + row));
    }

    // SplittableRandom started from neighbouring seeds gives overlapping sequences; this scatters the seeds (the
    // finaliser of SplitMix64, doi:10.1145/2660193.2660195).
    private static long mix(long value) {
        long z = value + 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
