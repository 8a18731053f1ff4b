package org.cryonext.cryoet.score;

import java.util.Locale;
import org.cryonext.cryoet.metrics.ClassMetrics;
import org.cryonext.engine.io.Counted;

/** A score as plain text for a terminal. */
public final class ScoreTable {
    private ScoreTable() {}

    /** The figures of locating, then a line per class. */
    public static String text(ShrecScore score) {
        StringBuilder text = new StringBuilder();
        line(text, "Scored by the rules of SHREC %s", score.contest());
        line(text, "%s", score.frame());
        line(text, "%s predicted, %d to be found", Counted.of(score.predicted(), "particle"), score.particles());
        line(
                text,
                "%d found, %d not found; %s hit nothing",
                score.found(),
                score.missed(),
                Counted.of(score.background(), "prediction"));
        if (score.uncounted() > 0) {
            line(
                    text,
                    "The other %d to be found: %s, of which no hit counts, as in the published script",
                    score.uncounted(),
                    score.uncounted() == 1 ? "a vesicle" : "vesicles");
        }
        line(
                text,
                "%s hit more than once; %s lay outside the tomogram",
                Counted.of(score.several(), "particle") + (score.several() == 1 ? " was" : " were"),
                Counted.of(score.clipped(), "prediction"));
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
