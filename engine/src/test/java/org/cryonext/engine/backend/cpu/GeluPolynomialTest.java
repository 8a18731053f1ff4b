package org.cryonext.engine.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GeluPolynomialTest {
    private static final int STEPS = 60_000;

    /** Phi by Simpson's rule on its density, good to 1e-12. */
    private static double cumulative(double x) {
        int steps = 400;
        double h = x / steps;
        double sum = 1 + Math.exp(-0.5 * x * x);
        for (int i = 1; i < steps; i++) {
            sum += (i % 2 == 0 ? 2 : 4) * Math.exp(-0.5 * i * h * i * h);
        }
        return 0.5 + sum * h / 3 / Math.sqrt(2 * Math.PI);
    }

    private static double exact(double x) {
        return x < -9 ? 0 : x > 9 ? x : x * cumulative(x);
    }

    private static double tanhForm(double x) {
        return 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
    }

    private static DoubleUnaryOperator derivative(DoubleUnaryOperator f) {
        return x -> (f.applyAsDouble(x + 1e-4) - f.applyAsDouble(x - 1e-4)) / 2e-4;
    }

    private static float[] grid(double scale) {
        float[] x = new float[STEPS + 7];
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) (scale * (2.0 * i / (x.length - 1) - 1));
        }
        return x;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void isRightToOneMillionthEverywhere(boolean tanh) {
        DoubleUnaryOperator f = tanh ? GeluPolynomialTest::tanhForm : GeluPolynomialTest::exact;
        float[] x = grid(12);
        float[] ones = new float[x.length];
        Arrays.fill(ones, 1);
        float[] y = new float[x.length];
        float[] dx = new float[x.length];
        GeluPolynomial.of(tanh).values(x, 0, y, 0, x.length);
        GeluPolynomial.derivativeOf(tanh).gradients(ones, 0, x, 0, dx, 0, x.length);
        for (int i = 0; i < x.length; i++) {
            assertThat(Math.abs(y[i] - f.applyAsDouble(x[i])))
                    .as("gelu(%s)", x[i])
                    .isLessThan(1e-6);
            assertThat(Math.abs(dx[i] - derivative(f).applyAsDouble(x[i])))
                    .as("gelu'(%s)", x[i])
                    .isLessThan(1e-6);
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {1, 1e-2, 1e-4, 1e-8})
    void isRightInRelativeTermsForSmallArguments(double scale) {
        float[] x = Numbers.random(1, 0, 5000, scale);
        float[] y = new float[x.length];
        GeluPolynomial.of(false).values(x, 0, y, 0, x.length);
        Numbers.close("gelu", y, 0, y.length, i -> exact(x[i]));
        GeluPolynomial.of(true).values(x, 0, y, 0, x.length);
        Numbers.close("tanh form", y, 0, y.length, i -> tanhForm(x[i]));
    }

    @ParameterizedTest
    @ValueSource(floats = {0, -1e30f, 1e30f, Float.POSITIVE_INFINITY, Float.NaN})
    void keepsExtremesAndNaN(float value) {
        float[] x = new float[4 * CpuSpecies.LENGTH + 1];
        Arrays.fill(x, value);
        float[] y = new float[x.length];
        GeluPolynomial.of(false).values(x, 0, y, 0, x.length);
        for (float v : y) {
            if (Float.isNaN(value)) {
                assertThat(v).isNaN();
            } else if (value < 0) {
                assertThat(v).isBetween(-1e-6f, 1e-6f);
            } else {
                assertThat(v).isEqualTo(value);
            }
        }
    }
}
