package org.cryonext.cryoet.triplet;

import org.cryonext.engine.op.CounterRandom;

/**
 * Gaussian noise as a function of a key: the value is looked up among 4096 quantiles of the normal distribution, five to 64
 * random bits, which is much faster than computing it. The largest lie at 3.7 standard deviations.
 */
final class GaussianNoise {
    private static final int BITS = 12;
    private static final int COUNT = 1 << BITS;
    private static final int EACH = Long.SIZE / BITS;
    private static final float[] QUANTILES = quantiles();

    private GaussianNoise() {}

    /** Adds noise of a standard deviation. */
    static void add(float[] values, float deviation, long key) {
        long stream = CounterRandom.bits(key, 0);
        for (int at = 0; at < values.length; at += EACH) {
            long bits = CounterRandom.bits(stream, at);
            int end = Math.min(values.length, at + EACH);
            for (int i = at; i < end; i++, bits >>>= BITS) {
                values[i] += deviation * QUANTILES[(int) bits & COUNT - 1];
            }
        }
    }

    /** z at the middle of each of 4096 equal parts of the probability: dz/dp = 1 / density, by Runge and Kutta's rule. */
    private static float[] quantiles() {
        float[] quantiles = new float[COUNT];
        double step = 1.0 / COUNT;
        double z = 0;
        double next = step / 2;
        double squares = 0;
        for (int i = COUNT / 2; i < COUNT; i++) {
            double a = slope(z);
            double b = slope(z + next / 2 * a);
            double c = slope(z + next / 2 * b);
            double d = slope(z + next * c);
            z += next / 6 * (a + 2 * b + 2 * c + d);
            next = step;
            quantiles[i] = (float) z;
            squares += 2 * z * z;
        }
        // The tails that are cut off would have carried the rest of the variance.
        float scale = (float) Math.sqrt(COUNT / squares);
        for (int i = COUNT / 2; i < COUNT; i++) {
            quantiles[i] *= scale;
            quantiles[COUNT - 1 - i] = -quantiles[i];
        }
        return quantiles;
    }

    private static double slope(double z) {
        return Math.sqrt(2 * Math.PI) * StrictMath.exp(z * z / 2);
    }
}
