package org.cryonext.bench.gpu;

import java.util.SplittableRandom;

/** Normally distributed numbers, made once and used again and again where only their being numbers matters. */
final class KernelNumbers {
    private static final int COUNT = 1 << 20;

    private final float[] numbers = new float[COUNT];

    KernelNumbers() {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < COUNT; i++) {
            numbers[i] = (float) random.nextGaussian();
        }
    }

    /** So many, of deviation 1. */
    float[] take(int count) {
        return take(count, 1);
    }

    /** So many, of a deviation. */
    float[] take(int count, double deviation) {
        float[] taken = new float[count];
        for (int i = 0; i < count; i++) {
            taken[i] = (float) deviation * numbers[i % COUNT];
        }
        return taken;
    }
}
