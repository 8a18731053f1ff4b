package org.cryonext.models.recognize;

import java.util.function.DoubleBinaryOperator;
import java.util.stream.IntStream;
import org.cryonext.engine.tensor.Tensor;

/**
 * A constant factor: one number, or one for each channel.
 *
 * @param values one, or as many as there are channels
 */
record Coefficient(double... values) {
    static final Coefficient ONE = new Coefficient(1);

    static Coefficient of(Tensor constant) {
        return new Coefficient(constant.toDoubles());
    }

    private Coefficient combine(Coefficient other, DoubleBinaryOperator function) {
        int n = Math.max(values.length, other.values.length);
        if (Math.min(values.length, other.values.length) > 1 && values.length != other.values.length) {
            throw new IllegalArgumentException(
                    "factors for " + values.length + " and for " + other.values.length + " channels");
        }
        return new Coefficient(IntStream.range(0, n)
                .mapToDouble(i -> function.applyAsDouble(at(i), other.at(i)))
                .toArray());
    }

    double at(int channel) {
        return values.length == 1 ? values[0] : values[channel];
    }

    Coefficient plus(Coefficient other) {
        return combine(other, Double::sum);
    }

    Coefficient times(Coefficient other) {
        return combine(other, (a, b) -> a * b);
    }

    Coefficient over(Coefficient other) {
        return combine(other, (a, b) -> a / b);
    }

    /** Whether every value is this one, but for rounding. */
    boolean is(double expected, double tolerance) {
        for (double v : values) {
            if (!(Math.abs(v - expected) <= tolerance * Math.abs(expected))) {
                return false;
            }
        }
        return true;
    }

    /** Whether every value is the other's; NaN is NaN, and 0 is -0. */
    boolean same(Coefficient other) {
        int n = Math.max(values.length, other.values.length);
        return IntStream.range(0, n)
                .allMatch(i -> at(i) == other.at(i) || Double.isNaN(at(i)) && Double.isNaN(other.at(i)));
    }

    Coefficient negative() {
        return times(new Coefficient(-1));
    }

    /** The values for a number of channels, as F32. */
    Tensor tensor(long channels) {
        float[] all = new float[Math.toIntExact(channels)];
        for (int i = 0; i < all.length; i++) {
            all[i] = (float) at(i);
        }
        return Tensor.of(all, channels);
    }
}
