package org.cryonext.cryoet.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MetricsTableTest {
    @Test
    void showsFiguresClassesAndConfusion() {
        Metrics metrics = Metrics.of(
                new ConfusionMatrix(List.of("3qm1", "1s3x"), new long[][] {{7, 1}, {0, 2}}), Bootstrap.DEFAULT);

        assertThat(MetricsTable.text(metrics)).isEqualTo("""
                10 particles; in brackets the 95 %% interval

                Accuracy           0.9000   [%.4f, %.4f]
                Precision, macro   0.8333   [%.4f, %.4f]
                Recall, macro      0.9375   [%.4f, %.4f]
                F1, macro          0.8667   [%.4f, %.4f]

                Class             Precision     Recall         F1    Support
                3qm1                 1.0000     0.8750     0.9333          8
                1s3x                 0.6667     1.0000     0.8000          2
                Macro average        0.8333     0.9375     0.8667         10
                Weighted average     0.9333     0.9000     0.9067         10

                Confusion matrix: a row per true class, a column per predicted class
                     3qm1 1s3x
                3qm1    7    1
                1s3x    .    2
                """.formatted(
                        metrics.accuracy().low(), metrics.accuracy().high(),
                        metrics.precision().low(), metrics.precision().high(),
                        metrics.recall().low(), metrics.recall().high(),
                        metrics.f1().low(), metrics.f1().high()));
    }

    @Test
    void neverExceedsEightyColumns() {
        for (int classes : new int[] {1, 12, 13, 40}) {
            for (String name : List.of("a", "4v94", "ribosome_with_a_name_longer_than_the_column")) {
                long[][] counts = new long[classes][classes];
                for (long[] row : counts) {
                    Arrays.fill(row, 12345);
                }
                List<String> names =
                        IntStream.range(0, classes).mapToObj(k -> name + k).toList();
                String text = MetricsTable.text(Metrics.of(new ConfusionMatrix(names, counts), new Bootstrap(1, 0)));

                assertThat(text.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
            }
        }
    }

    @Test
    void wideConfusionMatrixGivesWayToTheMainMistakes() {
        long[][] counts = new long[30][30];
        counts[3][4] = 5;
        counts[3][3] = 15;
        List<String> names = IntStream.range(0, 30).mapToObj(k -> "class" + k).toList();
        String text = MetricsTable.text(Metrics.of(new ConfusionMatrix(names, counts), Bootstrap.DEFAULT));

        assertThat(text).doesNotContain("Confusion matrix").contains("     5   25.0 % of class3 taken for class4\n");
    }
}
