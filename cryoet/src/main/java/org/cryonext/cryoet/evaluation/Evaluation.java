package org.cryonext.cryoet.evaluation;

import java.nio.file.Path;
import java.util.List;
import org.cryonext.cryoet.evaluate.Metrics;
import org.cryonext.cryoet.evaluate.Prediction;

/**
 * What an evaluation came to.
 *
 * @param classes names, in the order of the class ids
 * @param predictions one a particle that counts
 * @param metrics their figures
 * @param warnings sentences that must be read with the figures
 * @param report the page
 */
public record Evaluation(
        List<String> classes, List<Prediction> predictions, Metrics metrics, List<String> warnings, Path report) {
    /** Copies the lists. */
    public Evaluation {
        classes = List.copyOf(classes);
        predictions = List.copyOf(predictions);
        warnings = List.copyOf(warnings);
    }
}
