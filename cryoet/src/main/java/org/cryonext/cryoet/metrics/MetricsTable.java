package org.cryonext.cryoet.metrics;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The figures as plain text of at most 80 columns, for a terminal. */
public final class MetricsTable {
    private static final int COLUMNS = 80;
    private static final int MISTAKES = 10;

    private MetricsTable() {}

    /** Main figures with intervals, a line per class, and the confusion matrix (the main mistakes if it is too wide). */
    public static String text(Metrics metrics) {
        StringBuilder text = new StringBuilder();
        long total = metrics.confusion().total();
        Optional<TomogramIntervals> tomograms = metrics.byTomogram();
        String by = tomograms
                .map(t -> " by particle, then\nby tomogram (" + t.tomograms() + " of them)")
                .orElse("");
        text.append(line("%,d particle%s; in brackets the 95 %% interval%s\n", total, total == 1 ? "" : "s", by));
        estimate(text, "Accuracy", metrics.accuracy(), tomograms.map(TomogramIntervals::accuracy));
        estimate(text, "Precision, macro", metrics.precision(), tomograms.map(TomogramIntervals::precision));
        estimate(text, "Recall, macro", metrics.recall(), tomograms.map(TomogramIntervals::recall));
        estimate(text, "F1, macro", metrics.f1(), tomograms.map(TomogramIntervals::f1));
        perClass(text, metrics);
        confusion(text, metrics);
        return text.toString();
    }

    private static void estimate(StringBuilder text, String name, Estimate e, Optional<Estimate> byTomogram) {
        String second = byTomogram
                .map(t -> String.format(Locale.ROOT, "   [%.4f, %.4f]", t.low(), t.high()))
                .orElse("");
        text.append(line("%-18s %.4f   [%.4f, %.4f]%s", name, e.value(), e.low(), e.high(), second));
    }

    /** What stands beside the network: a line and a sentence for each rival. */
    public static String text(Metrics network, List<Rival> rivals) {
        StringBuilder text = new StringBuilder();
        row(text, "Beside each other", "F1, macro", "Accuracy");
        rival(text, "the network", network);
        rivals.forEach(rival -> rival(text, rival.name(), rival.metrics()));
        return text.toString();
    }

    private static void rival(StringBuilder text, String name, Metrics metrics) {
        row(text, cut(name, 24), interval(metrics.f1()), interval(metrics.accuracy()));
    }

    private static void row(StringBuilder text, String name, String f1, String accuracy) {
        text.append(line("%-24s  %-24s  %s", name, f1, accuracy));
    }

    private static String interval(Estimate e) {
        return String.format(Locale.ROOT, "%.4f [%.4f, %.4f]", e.value(), e.low(), e.high());
    }

    private static void perClass(StringBuilder text, Metrics metrics) {
        int width = Math.clamp(longest(metrics.confusion().classes()), 16, 28);
        String row = "%-" + width + "s  %9.4f  %9.4f  %9.4f  %9d";
        text.append('\n');
        text.append(line("%-" + width + "s  %9s  %9s  %9s  %9s", "Class", "Precision", "Recall", "F1", "Support"));
        for (ClassMetrics c : metrics.perClass()) {
            text.append(line(row, cut(c.name(), width), c.precision(), c.recall(), c.f1().value(), c.support()));
        }
        long total = metrics.confusion().total();
        text.append(line(
                row,
                "Macro average",
                metrics.precision().value(),
                metrics.recall().value(),
                metrics.f1().value(),
                total));
        text.append(line(
                row,
                "Weighted average",
                metrics.weighted(ClassMetrics::precision),
                metrics.weighted(ClassMetrics::recall),
                metrics.weighted(c -> c.f1().value()),
                total));
    }

    private static void confusion(StringBuilder text, Metrics metrics) {
        ConfusionMatrix confusion = metrics.confusion();
        int name = Math.min(longest(confusion.classes()), 14);
        int cell = Math.max(
                        Math.min(longest(confusion.classes()), 6),
                        Long.toString(confusion.total()).length())
                + 1;
        if (name + cell * confusion.size() > COLUMNS) {
            mistakes(text, metrics);
            return;
        }
        text.append("\nConfusion matrix: a row per true class, a column per predicted class\n");
        text.append(" ".repeat(name));
        for (String c : confusion.classes()) {
            text.append(("%" + cell + "s").formatted(cut(c, cell - 1)));
        }
        text.append('\n');
        for (int t = 0; t < confusion.size(); t++) {
            text.append(("%-" + name + "s").formatted(cut(confusion.classes().get(t), name)));
            for (long count : confusion.counts()[t]) {
                text.append(("%" + cell + "s").formatted(count == 0 ? "." : Long.toString(count)));
            }
            text.append('\n');
        }
    }

    private static void mistakes(StringBuilder text, Metrics metrics) {
        List<Metrics.Mistake> mistakes = metrics.mistakes(MISTAKES);
        if (mistakes.isEmpty()) {
            text.append("\nNo particle was taken for another class.\n");
            return;
        }
        text.append("\nMost frequent mistakes\n");
        for (Metrics.Mistake m : mistakes) {
            text.append(line(
                    "%6d  %5.1f %% of %s taken for %s",
                    m.count(), 100 * m.share(), cut(m.truth(), 24), cut(m.predicted(), 24)));
        }
    }

    private static int longest(List<String> names) {
        return names.stream().mapToInt(String::length).max().orElse(0);
    }

    private static String cut(String name, int width) {
        return name.length() <= width ? name : name.substring(0, width - 1) + "…";
    }

    private static String line(String format, Object... values) {
        return String.format(Locale.ROOT, format, values) + "\n";
    }
}
