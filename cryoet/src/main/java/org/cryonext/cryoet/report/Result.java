package org.cryonext.cryoet.report;

import java.util.List;
import org.cryonext.cryoet.metrics.Metrics;
import org.cryonext.cryoet.metrics.Prediction;
import org.cryonext.cryoet.metrics.Rival;

/**
 * The scored predictions on one set of particles.
 *
 * @param name what was evaluated, for instance {@code grandmodel}; with several results it becomes part of file names,
 *     so letters, digits and {@code . _ -} only
 * @param predictions one per particle
 * @param metrics their figures
 * @param rivals what stands beside it on the same particles; may be empty
 */
public record Result(String name, List<Prediction> predictions, Metrics metrics, List<Rival> rivals) {

    /** @throws IllegalArgumentException if {@code name} cannot be part of a file name: letters, digits, {@code . _ -} */
    public Result {
        requireFileName(name);
        predictions = List.copyOf(predictions);
        rivals = List.copyOf(rivals);
    }

    static void requireFileName(String name) {
        if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]*")) {
            throw new IllegalArgumentException("\"" + name + "\" cannot be part of a file name");
        }
    }

    /**
     * Scores the predictions.
     *
     * @param classes names, in the order of the class ids
     * @throws org.cryonext.engine.io.InputException if there are no predictions, or one has no true class
     */
    public static Result of(String name, List<String> classes, List<Prediction> predictions) {
        return new Result(name, predictions, Metrics.of(classes, predictions), List.of());
    }

    /** The same with others beside it. */
    public Result withRivals(List<Rival> others) {
        return new Result(name, predictions, metrics, others);
    }
}
