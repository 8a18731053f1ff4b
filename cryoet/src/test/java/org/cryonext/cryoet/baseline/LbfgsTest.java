package org.cryonext.cryoet.baseline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class LbfgsTest {

    @Test
    void findsTheMinimumOfALongValley() {
        int n = 30;
        double[] x = new double[n];
        Objective valley = (at, gradient) -> {
            double value = 0;
            for (int i = 0; i < n; i++) {
                double steepness = Math.pow(10, 4.0 * i / n);
                double distance = at[i] - i;
                value += steepness * distance * distance / 2;
                gradient[i] = steepness * distance;
            }
            return value;
        };
        new Lbfgs(1e-9, 2000).minimise(valley, x);

        for (int i = 0; i < n; i++) {
            assertThat(x[i]).isCloseTo(i, within(1e-8));
        }
    }

    @Test
    void endsWhereItIsAfterItsIterations() {
        int[] calls = {0};
        double[] x = {100};
        new Lbfgs(0, 3)
                .minimise(
                        (at, gradient) -> {
                            calls[0]++;
                            gradient[0] = Math.tanh(at[0]);
                            return Math.log(Math.cosh(at[0]));
                        },
                        x);

        assertThat(calls[0]).isLessThan(3 * 50);
        assertThat(x[0]).isLessThan(100);
    }
}
