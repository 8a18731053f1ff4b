package org.cryonext.cryoet.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.cryonext.cryoet.baseline.Baselines;
import org.cryonext.cryoet.metrics.Comparison;
import org.cryonext.cryoet.metrics.Estimate;
import org.cryonext.cryoet.metrics.MacroF1;
import org.cryonext.cryoet.metrics.Rival;

/**
 * What one way of asking comes to, beside the others.
 *
 * @param name of the protocol, for instance {@code paper}
 * @param changed what is done otherwise than in the row before
 * @param result the answers, with those of the baselines
 * @param network macro F1: the result's, or the mean over several trainings that answered the same particles
 * @param change of the network's macro F1 from the row before; empty in the first
 */
public record ProtocolRow(String name, String changed, Result result, MacroF1 network, Optional<Change> change) {

    /**
     * A difference of two rows.
     *
     * @param value this row's macro F1 less that of the row before
     * @param paired the two rows' answers to the same particles; empty where they are of others
     */
    public record Change(double value, Optional<Comparison> paired) {}

    /** The row of a result after another row, or the first one. */
    public static ProtocolRow of(String name, String changed, Result result, Optional<ProtocolRow> before) {
        MacroF1 network = MacroF1.of(result.metrics());
        return new ProtocolRow(
                name,
                changed,
                result,
                network,
                before.map(row -> new Change(
                        network.byParticle().value()
                                - row.network().byParticle().value(),
                        Comparison.ifSameParticles(
                                result.metrics().confusion().size(),
                                result.predictions(),
                                row.result().predictions()))));
    }

    /**
     * The row of several trainings after another row.
     *
     * @param first the answers of the first of them, with those of the baselines
     * @param network the mean over all of them
     */
    public static ProtocolRow ofMean(String name, String changed, Result first, MacroF1 network, ProtocolRow before) {
        double value =
                network.byParticle().value() - before.network().byParticle().value();
        return new ProtocolRow(name, changed, first, network, Optional.of(new Change(value, Optional.empty())));
    }

    /** The rows as a table of the report; intervals by tomogram have columns where some row has them. */
    public static ReportTable table(String id, String title, List<ProtocolRow> rows) {
        boolean tomograms =
                rows.stream().anyMatch(row -> row.network().byTomogram().isPresent());
        List<String> head = new ArrayList<>(List.of("Protocol", "What changed", "Particles"));
        for (String who : List.of("Network", "Size alone", "Most frequent class")) {
            head.add(who);
            if (tomograms) {
                head.add(who + ", by tomogram");
            }
        }
        head.add("Change");
        return new ReportTable(
                id,
                title,
                note(rows, tomograms),
                head,
                rows.stream().map(row -> row.cells(tomograms)).toList());
    }

    private static String note(List<ProtocolRow> rows, boolean tomograms) {
        List<String> unpaired = rows.stream()
                .filter(row -> row.change().filter(c -> c.paired().isEmpty()).isPresent())
                .map(ProtocolRow::name)
                .toList();
        return "Macro F1 with 95 % intervals by particle"
                + (tomograms ? ", and by tomogram where more than one is asked about" : "")
                + "; the change is the network's from the row above, with a paired interval where both rows answer the same"
                + " particles."
                + (unpaired.isEmpty()
                        ? ""
                        : " The change to " + String.join(" and to ", unpaired) + " has none, for other particles are"
                                + " asked about there than above: it is a change of the particles too.");
    }

    private List<String> cells(boolean tomograms) {
        List<String> cells = new ArrayList<>(List.of(
                name, changed, Long.toString(result.metrics().confusion().total())));
        for (Optional<MacroF1> figure :
                List.of(Optional.of(network), rival(Baselines.SIZE_ALONE), rival(Baselines.MOST_FREQUENT))) {
            cells.add(figure.map(f1 -> text(f1.byParticle())).orElse(""));
            if (tomograms) {
                cells.add(figure.flatMap(MacroF1::byTomogram)
                        .map(ProtocolRow::range)
                        .orElse(""));
            }
        }
        cells.add(change.map(ProtocolRow::text).orElse(""));
        return cells;
    }

    private static String text(Change change) {
        String value = String.format(Locale.ROOT, "%+.3f", change.value());
        return change.paired()
                .map(paired -> value
                        + signed(paired.f1())
                        + paired.f1ByTomogram()
                                .map(e -> ", by tomogram" + signed(e))
                                .orElse(""))
                .orElse(value);
    }

    private static String signed(Estimate e) {
        return String.format(Locale.ROOT, " [%+.3f, %+.3f]", e.low(), e.high());
    }

    private static String text(Estimate e) {
        return String.format(Locale.ROOT, "%.3f ", e.value()) + range(e);
    }

    private static String range(Estimate e) {
        return String.format(Locale.ROOT, "[%.3f, %.3f]", e.low(), e.high());
    }

    private Optional<MacroF1> rival(String id) {
        return result.rivals().stream()
                .filter(rival -> rival.id().equals(id))
                .findFirst()
                .map(Rival::metrics)
                .map(MacroF1::of);
    }
}
