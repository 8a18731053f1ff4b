package org.cryonext.cryoet.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class MixUpTest {
    /** Of Beta(a, a): mean 1/2, variance 1 / (8 a + 4). */
    @ParameterizedTest
    @ValueSource(doubles = {0.1, 0.2, 1, 3, 8})
    void sharesHaveTheMeanAndVarianceOfBeta(double alpha) {
        MixUp mix = new MixUp(alpha, 5);
        int n = 4000;
        double mean = 0;
        double squares = 0;
        for (int batch = 0; batch < n; batch++) {
            double share = mix.share(3, batch(batch, 1));
            assertThat(share).isBetween(0.0, 1.0);
            mean += share / n;
            squares += (share - 0.5) * (share - 0.5) / n;
        }
        double variance = 1 / (8 * alpha + 4);
        // Six standard deviations; squares spread by at most the variance times a quarter.
        assertThat(mean).isCloseTo(0.5, within(6 * Math.sqrt(variance / n)));
        assertThat(squares).isCloseTo(variance, within(6 * Math.sqrt(variance / 4 / n)));
    }

    private static Batch batch(int... samples) {
        return new Batch(samples, new int[samples.length]);
    }

    @Test
    void shareDependsOnSeedEpochAndBatch() {
        double share = new MixUp(1, 5).share(3, batch(7, 1));
        assertThat(new MixUp(1, 5).share(3, batch(7, 2))).isEqualTo(share);
        assertThat(new MixUp(1, 6).share(3, batch(7, 1))).isNotEqualTo(share);
        assertThat(new MixUp(1, 5).share(4, batch(7, 1))).isNotEqualTo(share);
        assertThat(new MixUp(1, 5).share(3, batch(8, 1))).isNotEqualTo(share);
        Batch again = new Batch(new int[] {7, 1}, new int[] {1, 0});
        assertThat(new MixUp(1, 5).share(3, again)).isNotEqualTo(share);
        assertThat(new MixUp(0, 5).share(3, batch(8, 1))).isEqualTo(1);
    }
}
