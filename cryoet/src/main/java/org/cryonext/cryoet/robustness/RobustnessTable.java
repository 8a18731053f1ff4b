package org.cryonext.cryoet.robustness;

import java.util.Locale;
import org.cryonext.cryoet.metrics.Estimate;

/** The figures as text of at most 80 columns. */
public final class RobustnessTable {
    private static final String ROW = "%9s %-1s  %-20s  %-20s  %-23s";

    private RobustnessTable() {}

    /** A table for each factor. */
    public static String text(RobustnessResult result) {
        StringBuilder text = new StringBuilder();
        text.append("Macro F1 with 95 % intervals by particle; * is as the training data\n");
        for (RobustnessResult.Line line : result.lines()) {
            text.append('\n')
                    .append(line.factor().title())
                    .append(": ")
                    .append(line.factor().axis())
                    .append('\n');
            boolean beside = line.hasSizeAlone();
            text.append(row("", "", "the network", beside ? "size alone" : "", beside ? "difference" : ""));
            for (RobustnessResult.Point point : line.points()) {
                Measured measured = point.measured();
                text.append(row(
                        point.condition().valueText(),
                        point.condition().isNominal() ? "*" : "",
                        interval(measured.f1()),
                        beside ? interval(measured.sizeAlone().f1()) : "",
                        beside ? signed(measured.sizeAlone().networkLess()) : ""));
            }
        }
        return text.toString();
    }

    private static String row(String value, String mark, String network, String sizeAlone, String difference) {
        return String.format(Locale.ROOT, ROW, value, mark, network, sizeAlone, difference)
                        .stripTrailing()
                + "\n";
    }

    /** What was measured under a condition, in a sentence. */
    static String sentence(Condition condition, Measured measured) {
        return condition.id() + ": macro F1 " + interval(measured.f1())
                + (measured.sizeAlone() == null
                        ? ""
                        : ", size alone " + interval(measured.sizeAlone().f1()));
    }

    static String interval(Estimate e) {
        return String.format(Locale.ROOT, "%.3f [%.3f, %.3f]", e.value(), e.low(), e.high());
    }

    static String signed(Estimate e) {
        return String.format(Locale.ROOT, "%+.3f [%+.3f, %+.3f]", e.value(), e.low(), e.high());
    }
}
