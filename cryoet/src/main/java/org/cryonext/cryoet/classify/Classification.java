package org.cryonext.cryoet.classify;

import java.nio.file.Path;
import java.util.List;
import org.cryonext.cryoet.metrics.Prediction;
import org.cryonext.cryoet.metrics.Rejection;

/**
 * What a classification came to.
 *
 * @param classes names, in the order of the class ids
 * @param predictions one a particle, in the order of the list; the true class is unknown
 * @param star the list with class and probability
 * @param csv the table of all probabilities
 * @param written particles in the two files: all, or those of the selected class
 * @param rejection which of the predictions are of none of the classes; null where none was to be
 */
public record Classification(
        List<String> classes, List<Prediction> predictions, Path star, Path csv, int written, Rejection rejection) {
    /** Copies the lists. */
    public Classification {
        classes = List.copyOf(classes);
        predictions = List.copyOf(predictions);
    }

    /** Particles of each class, in the order of the class ids. */
    public long[] counts() {
        long[] counts = new long[classes.size()];
        predictions.forEach(prediction -> counts[prediction.predicted()]++);
        return counts;
    }
}
