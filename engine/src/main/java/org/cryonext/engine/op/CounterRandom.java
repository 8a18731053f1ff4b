package org.cryonext.engine.op;

/**
 * Random numbers as a function of (seed, stream, index), so that any part of a mask can be computed by any thread, again
 * in the backward pass, or on another device, with the same bits. The mixing is that of SplitMix64 (Steele, Lea, Flood:
 * Fast splittable pseudorandom number generators, 2014).
 */
public final class CounterRandom {
    private static final long GAMMA = 0x9E3779B97F4A7C15L;

    private CounterRandom() {}

    /** The 64-bit seed from its words as a graph's I32 [2] input holds them, low word first. */
    public static long seed(int low, int high) {
        return (long) high << 32 | low & 0xffffffffL;
    }

    /** The key of a stream; pass it to {@link #uniform(long, long)}. */
    public static long key(long seed, int stream) {
        return mix(seed + mix(stream * GAMMA));
    }

    /** A number in [0, 1) with 24 random bits, the same for the same key and index. */
    public static float uniform(long key, long index) {
        return (mix(key + (index + 1) * GAMMA) >>> 40) * 0x1p-24f;
    }

    /** 64 random bits, the same for the same key and index. */
    public static long bits(long key, long index) {
        return mix(key + (index + 1) * GAMMA);
    }

    private static long mix(long z) {
        long a = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        long b = (a ^ a >>> 27) * 0x94D049BB133111EBL;
        return b ^ b >>> 31;
    }
}
