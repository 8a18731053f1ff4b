package org.cryonext.cryoet.evaluate;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.cryonext.cryoet.metrics.Abstention;
import org.cryonext.cryoet.metrics.Estimate;
import org.cryonext.cryoet.metrics.Metrics;
import org.cryonext.cryoet.metrics.TomogramIntervals;
import org.cryonext.cryoet.report.ReportTable;
import org.cryonext.cryoet.report.Result;

/** The figures of the particles that are answered beside those of all, where some get no answer. */
final class RejectionTable {
    private static final List<String> HEAD = List.of(
            "Particles",
            "Number",
            "Share",
            "Right",
            "Share of the right",
            "Wrong",
            "Share of the wrong",
            "F1, macro",
            "F1, by tomogram",
            "Accuracy",
            "Accuracy, by tomogram");

    private RejectionTable() {}

    /** Empty where nothing was to be rejected. */
    static Optional<ReportTable> of(Result result) {
        return result.rejected()
                .map(Result.Rejected::figures)
                .map(figures -> new ReportTable(
                        "rejection",
                        "What is rejected by energy",
                        figures.sentence(result.metrics()),
                        HEAD,
                        rows(figures, result.metrics())));
    }

    private static List<List<String>> rows(Abstention a, Metrics all) {
        return List.of(
                row("all", a, a.right(), a.wrong(), Optional.of(all)),
                row("answered", a, a.right() - a.rightRejected(), a.wrong() - a.wrongRejected(), a.answered()),
                row("rejected", a, a.rightRejected(), a.wrongRejected(), Optional.empty()));
    }

    private static List<String> row(String name, Abstention a, long right, long wrong, Optional<Metrics> metrics) {
        Optional<TomogramIntervals> tomograms = metrics.flatMap(Metrics::byTomogram);
        return List.of(
                name,
                Long.toString(right + wrong),
                share(right + wrong, a.particles()),
                Long.toString(right),
                share(right, a.right()),
                Long.toString(wrong),
                share(wrong, a.wrong()),
                metrics.map(m -> figure(m.f1())).orElse(""),
                tomograms.map(t -> range(t.f1())).orElse(""),
                metrics.map(m -> figure(m.accuracy())).orElse(""),
                tomograms.map(t -> range(t.accuracy())).orElse(""));
    }

    private static String share(long part, long whole) {
        return whole == 0 ? "" : String.format(Locale.ROOT, "%.1f %%", 100.0 * part / whole);
    }

    private static String figure(Estimate e) {
        return String.format(Locale.ROOT, "%.3f ", e.value()) + range(e);
    }

    private static String range(Estimate e) {
        return String.format(Locale.ROOT, "[%.3f, %.3f]", e.low(), e.high());
    }
}
