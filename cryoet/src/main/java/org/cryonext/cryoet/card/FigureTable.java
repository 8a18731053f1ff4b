package org.cryonext.cryoet.card;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.cryonext.cryoet.metrics.Estimate;
import org.cryonext.cryoet.run.EvaluationRecord;

/**
 * What the evaluations of a run came to: a row for each, with what was measured and what stands beside it.
 *
 * @param evaluations at least one
 * @param bestEpoch of the checkpoint that the run has now; null where it is not known
 * @param run the folder in which reports lie
 */
record FigureTable(List<EvaluationRecord> evaluations, Integer bestEpoch, Path run) {

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(
                "A row for each set of particles that was evaluated. 95 % intervals by particle in brackets, and by tomogram"
                        + " where there are several. *Size alone* sees how large a particle is and nothing of its shape; it and *most"
                        + " frequent class* answer the same questions.");
        lines.add("");
        lines.add(
                "| data and tomograms | source | tta | particles | macro F1 | size alone | most frequent class | accuracy"
                        + " | seen in training | measured by |");
        lines.add("|---|---|---|---|---|---|---|---|---|---|");
        evaluations.forEach(evaluation -> lines.add(row(evaluation)));
        lines.add("");
        for (EvaluationRecord evaluation : evaluations) {
            if (!evaluation.trainedOn().isEmpty() || !evaluation.validatedOn().isEmpty()) {
                lines.add("**Caution:** the row of " + label(evaluation) + " is no test: " + seen(evaluation)
                        + ". Figures on what was trained on say how well it was learnt by heart, and validation chose the"
                        + " checkpoint; both flatter the network.");
                lines.add("");
            }
        }
        for (EvaluationRecord evaluation : evaluations) {
            if (evaluation.rejection() != null) {
                lines.add(label(evaluation) + ": " + evaluation.rejection());
                lines.add("");
            }
        }
        return lines;
    }

    private String row(EvaluationRecord e) {
        List<String> cells = List.of(
                place(e) + (isOfEarlierCheckpoint(e) ? " (of an earlier checkpoint, epoch " + e.epoch() + ")" : ""),
                e.source() + ", borders " + e.borders() + ", fused by " + e.fusion(),
                Integer.toString(e.mirrors()),
                Long.toString(e.particles()),
                interval(e.f1()) + (e.f1ByTomogram() == null ? "" : ", by tomogram " + range(e.f1ByTomogram())),
                e.sizeAlone() == null ? "not measured" : interval(e.sizeAlone()),
                e.mostFrequent() == null ? "not measured" : interval(e.mostFrequent()),
                interval(e.accuracy()),
                e.trainedOn().isEmpty() && e.validatedOn().isEmpty() ? "no" : seen(e),
                "`" + e.command() + "`, " + e.date());
        return "| "
                + String.join(" | ", cells.stream().map(FigureTable::escaped).toList()) + " |";
    }

    private boolean isOfEarlierCheckpoint(EvaluationRecord e) {
        return e.epoch() != null && bestEpoch != null && !e.epoch().equals(bestEpoch);
    }

    /** Data set and tomograms, with a link to the report where it still is. */
    private String place(EvaluationRecord e) {
        String names = String.join(", ", e.tomograms());
        boolean there = e.report() != null && Files.isDirectory(run.resolve(e.report()));
        return "`" + e.place().data() + "`"
                + (e.place().volumes() == null ? "" : " in `" + e.place().volumes() + "`")
                + (e.place().invert() ? ", inverted" : "") + ": "
                + (there ? "[" + names + "](<" + e.report() + ">)" : names);
    }

    /** What the row is of, in a sentence. */
    private String label(EvaluationRecord e) {
        return place(e) + ", " + e.source() + (e.mirrors() == 1 ? "" : ", tta " + e.mirrors());
    }

    private static String seen(EvaluationRecord e) {
        List<String> parts = new ArrayList<>();
        if (!e.trainedOn().isEmpty()) {
            parts.add("**trained on** " + String.join(", ", e.trainedOn()));
        }
        if (!e.validatedOn().isEmpty()) {
            parts.add("**validated on** " + String.join(", ", e.validatedOn()));
        }
        return String.join("; ", parts);
    }

    private static String interval(Estimate e) {
        return String.format(Locale.ROOT, "%.4f ", e.value()) + range(e);
    }

    private static String range(Estimate e) {
        return String.format(Locale.ROOT, "[%.4f, %.4f]", e.low(), e.high());
    }

    private static String escaped(String cell) {
        return cell.replace("|", "\\|");
    }
}
