package org.cryonext.cryoet.score;

import java.util.Locale;
import org.cryonext.cryoet.metrics.ClassMetrics;

/** A score as plain text for a terminal. */
public final class ScoreTable {
    private ScoreTable() {}

    /** The figures of locating, then a line per class. */
    public static String text(ShrecScore score) {
        StringBuilder text = new StringBuilder();
        line(text, "Scored by the rules of SHREC %s", score.contest());
        line(text, "%d particles predicted, %d to be found", score.predicted(), score.particles());
        line(
                text,
                "%d found, %d not found; %d predictions hit nothing",
                score.found(),
                score.missed(),
                score.background());
        line(
                text,
                "%d particles were hit more than once; %d predictions lay outside the tomogram",
                score.several(),
                score.clipped());
        line(text, "");
        line(text, "Locating: recall %.5f, precision %.5f, F1 %.5f", score.recall(), score.precision(), score.f1());
        if (!Double.isNaN(score.meanDistance())) {
            line(text, "Mean distance to the centre: %.3f voxels", score.meanDistance());
        }
        line(text, "");
        line(text, "%-12s  %9s  %9s  %9s  %9s", "Class", "Precision", "Recall", "F1", "Particles");
        for (ClassMetrics c : score.perClass()) {
            line(
                    text,
                    "%-12s  %9.4f  %9.4f  %9.4f  %9d",
                    c.name(),
                    c.precision(),
                    c.recall(),
                    c.f1().value(),
                    c.support());
        }
        line(text, "Locating and classifying: mean F1 of the classes %.4f", score.macroF1());
        return text.toString();
    }

    private static void line(StringBuilder text, String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
