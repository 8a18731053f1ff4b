package org.cryonext.cryoet.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TomogramIntervalsTest {
    private static final List<String> CLASSES = List.of("a", "b", "c");

    @TempDir
    private Path folder;

    /** In one tomogram all are right, in the other all are wrong. */
    private static List<Prediction> predictions() {
        List<Prediction> predictions = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            predictions.add(McNemarTest.said("model_0", i + 1, i % 3, i % 3));
            predictions.add(McNemarTest.said("model_1", i + 1, i % 3, (i + 1) % 3));
        }
        return predictions;
    }

    @Test
    void particlesOfATomogramAreDrawnTogether() {
        Metrics metrics = Metrics.of(CLASSES, predictions());
        TomogramIntervals intervals = metrics.byTomogram().orElseThrow();

        assertThat(intervals.tomograms()).isEqualTo(2);
        // Of two tomograms drawn from two, a quarter are twice the good one and a quarter twice the bad one.
        assertThat(intervals.accuracy()).isEqualTo(new Estimate(0.5, 0, 1));
        assertThat(intervals.f1().low()).isZero();
        assertThat(intervals.f1().high()).isEqualTo(1);
        assertThat(metrics.accuracy().high() - metrics.accuracy().low()).isLessThan(0.3);
    }

    @Test
    void oneTomogramHasNone() {
        List<Prediction> one = predictions().stream()
                .filter(p -> p.tomogram().equals("model_0"))
                .toList();

        assertThat(Metrics.of(CLASSES, one).byTomogram()).isEmpty();
    }

    @Test
    void theyStandInTheFileAndOnTheScreen() {
        Metrics metrics = Metrics.of(CLASSES, predictions());
        Path file = folder.resolve("metrics.json");
        MetricsJson.write(file, metrics);

        assertThat(MetricsJson.read(file).byTomogram()).isEqualTo(metrics.byTomogram());
        assertThat(MetricsTable.text(metrics))
                .contains("by tomogram (2 of them)")
                .containsPattern("Accuracy +0\\.5000   \\[0\\.\\d{4}, 0\\.\\d{4}]   \\[0\\.0000, 1\\.0000]");
        assertThat(metrics.byTomogram().orElseThrow().f1().value())
                .isCloseTo(metrics.f1().value(), within(0.0));
    }
}
