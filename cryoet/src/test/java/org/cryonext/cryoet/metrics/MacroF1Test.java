package org.cryonext.cryoet.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.cryonext.engine.io.InputException;
import org.junit.jupiter.api.Test;

final class MacroF1Test {
    private static final List<String> CLASSES = List.of("a", "b", "c");

    /** Every {@code wrong}-th of 90 particles in three tomograms is taken for the next class. */
    private static List<Prediction> predictions(int wrong) {
        List<Prediction> predictions = new ArrayList<>();
        for (int i = 0; i < 90; i++) {
            int truth = i % 3;
            int predicted = i % wrong == 0 ? (truth + 1) % 3 : truth;
            predictions.add(McNemarTest.said("model_" + i / 30, i + 1, truth, predicted));
        }
        return predictions;
    }

    @Test
    void theMeanIsThatOfTheFigures() {
        MacroF1 mean =
                MacroF1.mean(CLASSES, List.of(predictions(4), predictions(7).reversed(), predictions(90)));
        double expected = (Metrics.of(CLASSES, predictions(4)).f1().value()
                        + Metrics.of(CLASSES, predictions(7)).f1().value()
                        + Metrics.of(CLASSES, predictions(90)).f1().value())
                / 3;
        assertThat(mean.byParticle().value()).isCloseTo(expected, within(1e-12));
        assertThat(mean.byParticle().low()).isLessThan(expected);
        assertThat(mean.byParticle().high()).isGreaterThan(expected);
        assertThat(mean.byTomogram().orElseThrow().value()).isCloseTo(expected, within(1e-12));
    }

    @Test
    void equalRunsHaveTheIntervalOfOneOfThem() {
        MacroF1 mean = MacroF1.mean(CLASSES, List.of(predictions(4), predictions(4)));
        MacroF1 one = MacroF1.mean(CLASSES, List.of(predictions(4)));
        assertThat(one).isEqualTo(MacroF1.of(Metrics.of(CLASSES, predictions(4))));
        assertThat(mean.byParticle().low()).isCloseTo(one.byParticle().low(), within(0.02));
        assertThat(mean.byParticle().high()).isCloseTo(one.byParticle().high(), within(0.02));
        assertThat(mean.byTomogram()).isEqualTo(one.byTomogram());
    }

    @Test
    void oneTomogramHasNoIntervalByTomogram() {
        List<Prediction> first = predictions(4).subList(0, 30);
        assertThat(MacroF1.mean(CLASSES, List.of(first, first)).byTomogram()).isEmpty();
        assertThatThrownBy(() -> MacroF1.mean(CLASSES, List.of(predictions(4), first)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("90 and 30 particles");
    }
}
