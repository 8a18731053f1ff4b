package org.cryonext.cryoet.metrics;

import java.util.List;
import java.util.Locale;

/**
 * Another classifier beside the network, on the same particles.
 *
 * @param id short name for files and JSON: letters, digits and {@code _}
 * @param name as a sentence goes on with it, for instance {@code size alone}
 * @param what it is, in a sentence
 * @param predictions one per particle of the network's
 * @param metrics their figures
 * @param difference the network's figures less its own
 */
public record Rival(
        String id, String name, String what, List<Prediction> predictions, Metrics metrics, Comparison difference) {

    /** Copies the list. */
    public Rival {
        predictions = List.copyOf(predictions);
    }

    /**
     * Measures a rival.
     *
     * @param classes names, in the order of the class ids
     * @param network the network's predictions
     * @throws org.cryonext.engine.io.InputException where the predictions are not of the same particles
     */
    public static Rival of(
            String id,
            String name,
            String what,
            List<String> classes,
            List<Prediction> network,
            List<Prediction> predictions) {
        return new Rival(
                id,
                name,
                what,
                predictions,
                Metrics.of(classes, predictions),
                Comparison.of(classes.size(), network, predictions));
    }

    /** In plain words, what the network adds. */
    public String verdict() {
        double own = metrics.f1().value();
        double network = own + difference.f1().value();
        String figures = String.format(
                Locale.ROOT,
                "(macro F1 %.3f against %.3f, difference %+.3f [%+.3f, %+.3f]%s; McNemar p %s)",
                network,
                own,
                difference.f1().value(),
                difference.f1().low(),
                difference.f1().high(),
                difference
                        .f1ByTomogram()
                        .map(e -> String.format(Locale.ROOT, ", by tomogram [%+.3f, %+.3f]", e.low(), e.high()))
                        .orElse(""),
                pText());
        if (difference.firstIsBetter()) {
            return "The network adds to " + name + " " + figures + ".";
        }
        if (difference.secondIsBetter()) {
            return "The network is behind " + name + " " + figures + ".";
        }
        return "The network cannot be told apart from " + name + " " + figures
                + (difference.contradicted() ? ", for the interval and McNemar's test do not agree." : ".");
    }

    /** The test's probability for a reader: {@code = 0.012}, or {@code < 0.001}. */
    public String pText() {
        String text = difference.test().text();
        return text.startsWith("<") ? text : "= " + text;
    }
}
