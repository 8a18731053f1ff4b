package org.cryonext.cryoet.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.cryonext.engine.io.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class McNemarTest {

    /** By hand: twice the sum of C(n, i) / 2^n for i up to the smaller count. */
    @ParameterizedTest
    @CsvSource({
        "0, 0, 1",
        "1, 0, 1",
        "2, 2, 1",
        "5, 0, 0.0625",
        "0, 10, 0.001953125",
        "10, 2, 0.03857421875",
        "2, 10, 0.03857421875"
    })
    void isTheExactBinomialTest(long first, long second, double p) {
        assertThat(new McNemar(first, second).p()).isCloseTo(p, within(1e-12));
    }

    @Test
    void thousandsOfParticlesDoNotOverflow() {
        assertThat(new McNemar(5000, 5000).p()).isEqualTo(1);
        assertThat(new McNemar(20_000, 0).p()).isZero();
        // The normal approximation with continuity correction: z = (|1100 - 1000| - 1) / sqrt(2100) = 2.160.
        assertThat(new McNemar(1100, 1000).p()).isCloseTo(0.0307, within(3e-4));
    }

    @Test
    void countsOnlyWhatOneAloneGotRight() {
        List<Prediction> first = List.of(said(1, 0, 0), said(2, 0, 0), said(3, 1, 0), said(4, 1, 0));
        List<Prediction> second = List.of(said(4, 1, 1), said(3, 1, 0), said(2, 0, 1), said(1, 0, 0));

        assertThat(McNemar.of(first, second)).isEqualTo(new McNemar(1, 1));
    }

    @Test
    void otherParticlesAreRefused() {
        assertThatThrownBy(() -> McNemar.of(List.of(said(1, 0, 0)), List.of(said(2, 0, 0))))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("line 1 of model_9 is in one of them only");
        assertThatThrownBy(() -> McNemar.of(List.of(said(1, 0, 0)), List.of()))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("1 and 0 particles");
        assertThatThrownBy(() -> McNemar.of(List.of(said(1, 0, 0)), List.of(said(1, 1, 0))))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("differ in the true class of line 1");
    }

    static Prediction said(int line, int truth, int predicted) {
        return said("model_9", line, truth, predicted);
    }

    static Prediction said(String tomogram, int line, int truth, int predicted) {
        float[] probabilities = new float[3];
        probabilities[predicted] = 1;
        return new Prediction(tomogram, line, 0, 0, line, truth, predicted, probabilities);
    }
}
