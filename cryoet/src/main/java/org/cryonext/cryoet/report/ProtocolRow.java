package org.cryonext.cryoet.report;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.cryonext.cryoet.baseline.Baselines;
import org.cryonext.cryoet.metrics.Estimate;
import org.cryonext.cryoet.metrics.Rival;

/**
 * What one way of asking comes to, beside the others.
 *
 * @param name of the protocol, for instance {@code paper}
 * @param changed what is done otherwise than in the row before
 * @param particles that count
 * @param network macro F1
 * @param sizeAlone macro F1 of the logistic regression on radial profiles, where it was trained
 * @param mostFrequent macro F1 of the constant answer, where it was counted
 * @param change of the network's macro F1 from the row before; empty in the first
 */
public record ProtocolRow(
        String name,
        String changed,
        long particles,
        Estimate network,
        Optional<Estimate> sizeAlone,
        Optional<Estimate> mostFrequent,
        Optional<Double> change) {

    /** The row of a result after another row, or the first one. */
    public static ProtocolRow of(String name, String changed, Result result, Optional<ProtocolRow> before) {
        Estimate f1 = result.metrics().f1();
        return new ProtocolRow(
                name,
                changed,
                result.metrics().confusion().total(),
                f1,
                rival(result, Baselines.SIZE_ALONE),
                rival(result, Baselines.MOST_FREQUENT),
                before.map(row -> f1.value() - row.network().value()));
    }

    /** The rows as a table of the report. */
    public static ReportTable table(String id, String title, List<ProtocolRow> rows) {
        return new ReportTable(
                id,
                title,
                "Macro F1 with 95 % intervals by particle; the change is the network's from the row above.",
                List.of(
                        "Protocol",
                        "What changed",
                        "Particles",
                        "Network",
                        "Size alone",
                        "Most frequent class",
                        "Change"),
                rows.stream().map(ProtocolRow::cells).toList());
    }

    private List<String> cells() {
        return List.of(
                name,
                changed,
                Long.toString(particles),
                text(network),
                sizeAlone.map(ProtocolRow::text).orElse(""),
                mostFrequent.map(ProtocolRow::text).orElse(""),
                change.map(value -> String.format(Locale.ROOT, "%+.3f", value)).orElse(""));
    }

    private static String text(Estimate e) {
        return String.format(Locale.ROOT, "%.3f [%.3f, %.3f]", e.value(), e.low(), e.high());
    }

    private static Optional<Estimate> rival(Result result, String id) {
        return result.rivals().stream()
                .filter(rival -> rival.id().equals(id))
                .findFirst()
                .map(Rival::metrics)
                .map(metrics -> metrics.f1());
    }
}
