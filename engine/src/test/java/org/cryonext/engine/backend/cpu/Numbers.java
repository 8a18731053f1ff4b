package org.cryonext.engine.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.function.IntToDoubleFunction;

/** Random operands and the measure by which a kernel is judged. */
final class Numbers {
    private Numbers() {}

    /** Normally distributed values times a scale, behind {@code offset} values that no kernel may touch. */
    static float[] random(long seed, int offset, int count, double scale) {
        Random random = new Random(seed);
        float[] values = new float[offset + count];
        for (int i = 0; i < offset; i++) {
            values[i] = Float.NaN;
        }
        for (int i = offset; i < values.length; i++) {
            values[i] = (float) (random.nextGaussian() * scale);
        }
        return values;
    }

    /** Normalised mean square error of {@code count} values from {@code offset} against the exact ones. */
    static double error(float[] actual, int offset, int count, IntToDoubleFunction exact) {
        double difference = 0;
        double power = 0;
        for (int i = 0; i < count; i++) {
            double e = exact.applyAsDouble(i);
            difference += (actual[offset + i] - e) * (actual[offset + i] - e);
            power += e * e;
        }
        return difference == 0 ? 0 : difference / power;
    }

    /** Checks that the normalised mean square error is at most 1e-11. */
    static void close(String what, float[] actual, int offset, int count, IntToDoubleFunction exact) {
        assertThat(error(actual, offset, count, exact)).as(what).isLessThanOrEqualTo(1e-11);
    }
}
