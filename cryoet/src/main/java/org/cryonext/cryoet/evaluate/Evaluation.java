package org.cryonext.cryoet.evaluate;

import java.nio.file.Path;
import java.util.List;
import org.cryonext.cryoet.metrics.Metrics;
import org.cryonext.cryoet.metrics.Prediction;
import org.cryonext.cryoet.report.ReportInput;

/**
 * What an evaluation came to.
 *
 * @param classes names, in the order of the class ids
 * @param predictions one a particle that counts
 * @param metrics their figures
 * @param warnings sentences that must be read with the figures
 * @param input all that the report shows
 * @param report the page, or {@code metrics.json} where only tables were asked for
 * @param seconds that cutting the slices and running the network took
 * @param images that the network was given
 */
public record Evaluation(
        List<String> classes,
        List<Prediction> predictions,
        Metrics metrics,
        List<String> warnings,
        ReportInput input,
        Path report,
        double seconds,
        long images) {
    /** Copies the lists. */
    public Evaluation {
        classes = List.copyOf(classes);
        predictions = List.copyOf(predictions);
        warnings = List.copyOf(warnings);
    }
}
