package org.cryonext.cryoet.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.cryonext.cryoet.metrics.Comparison;
import org.cryonext.cryoet.metrics.MacroF1;
import org.cryonext.cryoet.metrics.Prediction;
import org.junit.jupiter.api.Test;

final class ProtocolRowTest {
    private static final List<String> CLASSES = List.of("a", "b");

    /** Forty particles of some tomograms in turn, every {@code wrong}-th taken for the other class. */
    private static Result result(int wrong, String... tomograms) {
        List<Prediction> predictions = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            int truth = i / 4 % 2;
            int predicted = i % wrong == 0 ? 1 - truth : truth;
            predictions.add(new Prediction(
                    tomograms[i % tomograms.length], i, 0, 0, i + 1, truth, predicted, new float[] {0.5f, 0.5f}));
        }
        return Result.of("any", CLASSES, predictions);
    }

    @Test
    void theChangeHasAPairedIntervalWhereTheParticlesAreTheSame() {
        ProtocolRow first = ProtocolRow.of("first", "", result(4, "model_9"), Optional.empty());
        ProtocolRow second = ProtocolRow.of("second", "other", result(10, "model_9"), Optional.of(first));
        ReportTable table = ProtocolRow.table("protocols", "Protocols", List.of(first, second));
        Comparison paired =
                Comparison.of(2, second.result().predictions(), first.result().predictions());
        assertThat(table.rows().getFirst().getLast()).isEmpty();
        assertThat(table.rows().getLast().getLast())
                .isEqualTo("%+.3f [%+.3f, %+.3f]"
                        .formatted(
                                paired.f1().value(),
                                paired.f1().low(),
                                paired.f1().high()));
        assertThat(table.note()).contains("paired interval").doesNotContain("has none");
        assertThat(table.head())
                .as("one tomogram has no interval by tomogram")
                .containsExactly(
                        "Protocol",
                        "What changed",
                        "Particles",
                        "Network",
                        "Size alone",
                        "Most frequent class",
                        "Change");
    }

    @Test
    void otherParticlesHaveNoPairedIntervalAndTheNoteSaysSo() {
        ProtocolRow first = ProtocolRow.of("first", "", result(4, "model_9"), Optional.empty());
        Result folds = result(10, "model_0", "model_1");
        MacroF1 mean = MacroF1.mean(
                CLASSES,
                List.of(folds.predictions(), result(5, "model_0", "model_1").predictions()));
        ProtocolRow fair = ProtocolRow.ofMean("fair", "folds", folds, mean, first);
        ReportTable table = ProtocolRow.table("protocols", "Protocols", List.of(first, fair));
        List<String> row = table.rows().getLast();
        assertThat(row.getLast())
                .isEqualTo("%+.3f"
                        .formatted(mean.byParticle().value()
                                - first.network().byParticle().value()));
        assertThat(table.note()).contains("The change to fair has none, for other particles are asked about there");
        assertThat(table.head()).contains("Network, by tomogram", "Size alone, by tomogram");
        assertThat(row.get(3)).startsWith("%.3f [".formatted(mean.byParticle().value()));
        assertThat(row.get(4)).startsWith("[");
        assertThat(table.rows().getFirst().get(4)).isEmpty();
    }
}
