package org.cryonext.cryoet.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ComparisonTest {
    private static final List<String> CLASSES = List.of("a", "b", "c");

    /** Every {@code wrong}-th particle is taken for the next class. */
    private static List<Prediction> predictions(int wrong) {
        List<Prediction> predictions = new ArrayList<>();
        for (int i = 0; i < 120; i++) {
            int truth = i % 3;
            int predicted = i % wrong == 0 ? (truth + 1) % 3 : truth;
            predictions.add(McNemarTest.said("model_" + i % 2, i + 1, truth, predicted));
        }
        return predictions;
    }

    @Test
    void aClassifierDoesNotDifferFromItself() {
        Comparison same = Comparison.of(3, predictions(4), predictions(4));

        assertThat(same.f1()).isEqualTo(new Estimate(0, 0, 0));
        assertThat(same.accuracy()).isEqualTo(new Estimate(0, 0, 0));
        assertThat(same.test().p()).isEqualTo(1);
        assertThat(same.firstIsBetter()).isFalse();
        assertThat(same.secondIsBetter()).isFalse();
    }

    @Test
    void theDifferenceIsThatOfTheFigures() {
        List<Prediction> good = predictions(20);
        List<Prediction> bad = predictions(3);
        Comparison comparison = Comparison.of(3, good, bad);

        double f1 = Metrics.of(CLASSES, good).f1().value()
                - Metrics.of(CLASSES, bad).f1().value();
        assertThat(comparison.f1().value()).isCloseTo(f1, within(1e-12));
        assertThat(comparison.accuracy().value()).isCloseTo((40 - 6) / 120.0, within(1e-12));
        assertThat(comparison.firstIsBetter()).isTrue();
        Comparison turned = Comparison.of(3, bad, good);
        assertThat(turned.secondIsBetter()).isTrue();
        assertThat(turned.f1().low()).isCloseTo(-comparison.f1().high(), within(1e-12));
    }

    @Test
    void theOrderOfTheParticlesDoesNotMatter() {
        assertThat(Comparison.of(3, predictions(20).reversed(), predictions(3)))
                .isEqualTo(Comparison.of(3, predictions(20), predictions(3).reversed()));
    }

    @Test
    void pairingMakesIntervalsNarrow() {
        // The two share all mistakes but two, so their difference is known far better than either figure.
        List<Prediction> other = new ArrayList<>(predictions(4));
        other.set(1, McNemarTest.said("model_1", 2, 1, 2));
        other.set(2, McNemarTest.said("model_0", 3, 2, 1));
        Estimate difference = Comparison.of(3, predictions(4), other).f1();
        Estimate f1 = Metrics.of(CLASSES, other).f1();

        assertThat(difference.high() - difference.low()).isLessThan((f1.high() - f1.low()) / 2);
    }

    @Test
    void intervalsByTomogramComeWithTheSecondTomogram() {
        Estimate both =
                Comparison.of(3, predictions(20), predictions(3)).f1ByTomogram().orElseThrow();
        assertThat(both.low()).isLessThanOrEqualTo(both.value());
        assertThat(both.high()).isGreaterThanOrEqualTo(both.value());
        List<Prediction> one = predictions(3).stream()
                .filter(p -> p.tomogram().equals("model_0"))
                .toList();
        assertThat(Comparison.of(3, one, one).f1ByTomogram()).isEmpty();
    }

    @Test
    void aRivalSaysWhatTheNetworkAdds() {
        Rival behind = Rival.of("x", "size alone", "", CLASSES, predictions(20), predictions(3));
        assertThat(behind.verdict()).startsWith("The network adds to size alone (macro F1 0.950 against 0.556");
        assertThat(behind.verdict()).contains("by tomogram [", "McNemar p < 0.001");
        Rival ahead = Rival.of("x", "size alone", "", CLASSES, predictions(3), predictions(20));
        assertThat(ahead.verdict()).startsWith("The network is behind size alone");
        Rival equal = Rival.of("x", "size alone", "", CLASSES, predictions(4), predictions(4));
        assertThat(equal.verdict())
                .startsWith("The network cannot be told apart from size alone")
                .contains("McNemar p = 1.000).");
    }

    @Test
    void aDifferenceThatMcNemarsTestDoesNotShowIsNotClaimed() {
        // A rare class that the second always misses moves the macro F1 far, and five particles prove little.
        List<Prediction> network = new ArrayList<>();
        List<Prediction> other = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            int truth = i < 5 ? 2 : i % 2;
            network.add(McNemarTest.said("model_0", i + 1, truth, truth));
            other.add(McNemarTest.said("model_0", i + 1, truth, i < 5 ? 0 : truth));
        }
        Rival rival = Rival.of("x", "size alone", "", CLASSES, network, other);
        assertThat(rival.difference().f1().low()).isPositive();
        assertThat(rival.difference().test().p()).isEqualTo(2 / 32.0);
        assertThat(rival.verdict())
                .startsWith("The network cannot be told apart from size alone")
                .endsWith("McNemar p = 0.063), for the interval and McNemar's test do not agree.");
        Rival turned = Rival.of("x", "size alone", "", CLASSES, other, network);
        assertThat(turned.difference().f1().high()).isNegative();
        assertThat(turned.verdict()).startsWith("The network cannot be told apart from size alone");
    }
}
