package org.cryonext.cryoet.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AbstentionTest {
    private static final List<String> CLASSES = List.of("a", "b", "c");

    /** True and predicted class of each particle; particles alternate between two tomograms. */
    private static List<Prediction> predictions(int[]... answers) {
        List<Prediction> predictions = new ArrayList<>();
        for (int i = 0; i < answers.length; i++) {
            predictions.add(new Prediction("t" + i % 2, i, 0, 0, i + 1, answers[i][0], answers[i][1], new float[3]));
        }
        return predictions;
    }

    private static final List<Prediction> SIX = predictions(
            new int[] {0, 0}, new int[] {0, 0}, new int[] {0, 1}, new int[] {1, 1}, new int[] {1, 0}, new int[] {2, 2});

    @Test
    void countsRightAndWrongAnswersThatAreRejected() {
        // Above -1 are the second particle (right), the third (wrong) and the last (right, the only one of its class).
        Rejection rejection = new Rejection(0.05, -1, List.of(-3.0, -0.5, 0.0, -2.0, -1.0, 1.0));
        Abstention abstention = Abstention.of(CLASSES, SIX, rejection);
        assertThat(abstention.particles()).isEqualTo(6);
        assertThat(abstention.rejected()).isEqualTo(rejection.count()).isEqualTo(3);
        assertThat(abstention.answeredShare()).isEqualTo(0.5);
        assertThat(abstention.rightRejectedShare()).isEqualTo(2 / 4.0);
        assertThat(abstention.wrongRejectedShare()).isEqualTo(1 / 2.0);
        Metrics answered = abstention.answered().orElseThrow();
        // Left are a taken for a, b taken for b, b taken for a: F1 of both is 2/3.
        assertThat(answered.accuracy().value()).isCloseTo(2 / 3.0, within(1e-12));
        assertThat(answered.f1().value()).isCloseTo(2 / 3.0, within(1e-12));
        assertThat(answered.byTomogram()).isPresent();
        Metrics all = Metrics.of(CLASSES, SIX);
        assertThat(abstention.lostClasses(all)).containsExactly("c");
        assertThat(abstention.sentence(all))
                .startsWith("With --reject 0.05 (energy above -1.000) 3 of 6 particles are answered (50.0 %): macro F1"
                        + " 0.667 [")
                .contains(
                        "rejected are 50.0 % of the right answers (2 of 4) and 50.0 % of the wrong ones (1 of 2)",
                        "no particle of c is answered");
    }

    @Test
    void everythingMayBeRejected() {
        Abstention abstention =
                Abstention.of(CLASSES, SIX, new Rejection(0.5, -9, List.of(0.0, 0.0, 0.0, 0.0, 0.0, 0.0)));
        assertThat(abstention.answered()).isEmpty();
        assertThat(abstention.answeredShare()).isZero();
        assertThat(abstention.sentence(Metrics.of(CLASSES, SIX)))
                .contains("0 of 6 particles are answered (0.0 %); rejected are 100.0 % of the right answers");
    }

    @Test
    void isReadBackFromTheFile(@TempDir Path folder) {
        Path file = folder.resolve("metrics.json");
        Metrics all = Metrics.of(CLASSES, SIX);
        MetricsJson.write(file, all);
        assertThat(MetricsJson.readAbstention(file)).isEmpty();
        Rejection rejection = new Rejection(0.05, -1, List.of(-3.0, -0.5, 0.0, -2.0, -1.0, 1.0));
        Abstention abstention = Abstention.of(CLASSES, SIX, rejection);
        MetricsJson.write(file, new MetricsJson.Entry(all, List.of(), Optional.of(abstention)), Map.of());
        Abstention back = MetricsJson.readAbstention(file).orElseThrow();
        assertThat(back.sentence(all)).isEqualTo(abstention.sentence(all));
        assertThat(back.answered().orElseThrow().byTomogram())
                .isEqualTo(abstention.answered().orElseThrow().byTomogram());
    }
}
