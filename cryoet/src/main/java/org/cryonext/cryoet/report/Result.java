package org.cryonext.cryoet.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import org.cryonext.cryoet.metrics.Abstention;
import org.cryonext.cryoet.metrics.Metrics;
import org.cryonext.cryoet.metrics.Prediction;
import org.cryonext.cryoet.metrics.Rejection;
import org.cryonext.cryoet.metrics.Rival;

/**
 * The scored predictions on one set of particles.
 *
 * @param name what was evaluated, for instance {@code grandmodel}; with several results it becomes part of file names,
 *     so letters, digits and {@code . _ -} only
 * @param predictions one per particle
 * @param metrics their figures
 * @param rivals what stands beside it on the same particles; may be empty
 * @param rejected which of the particles get no answer, where some may get none
 * @param images the particles' extracted subtomograms, as their list names them, in the order of the predictions; empty
 *     where they lie in tomograms
 */
public record Result(
        String name,
        List<Prediction> predictions,
        Metrics metrics,
        List<Rival> rivals,
        Optional<Rejected> rejected,
        List<String> images) {

    /**
     * Particles that get no answer.
     *
     * @param rejection which they are
     * @param figures what that comes to
     */
    public record Rejected(Rejection rejection, Abstention figures) {}

    /** @throws IllegalArgumentException if {@code name} cannot be part of a file name: letters, digits, {@code . _ -} */
    public Result {
        requireFileName(name);
        predictions = List.copyOf(predictions);
        rivals = List.copyOf(rivals);
        images = List.copyOf(images);
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
        return new Result(name, predictions, Metrics.of(classes, predictions), List.of(), Optional.empty(), List.of());
    }

    /** The same with others beside it. */
    public Result withRivals(List<Rival> others) {
        return new Result(name, predictions, metrics, others, rejected, images);
    }

    /** The same under another name. */
    public Result named(String other) {
        return new Result(other, predictions, metrics, rivals, rejected, images);
    }

    /** The same of extracted subtomograms, an image a prediction. */
    public Result withImages(List<String> names) {
        return new Result(name, predictions, metrics, rivals, rejected, names);
    }

    /** The column of the tables with the particles that says which subtomogram a row is about, where there are such. */
    SequencedMap<String, List<String>> imageColumn() {
        SequencedMap<String, List<String>> column = new LinkedHashMap<>();
        if (!images.isEmpty()) {
            column.put(PredictionsCsv.IMAGE, images);
        }
        return column;
    }

    /**
     * The same with particles that get no answer.
     *
     * @param rejection of the particles, in the order of the predictions
     */
    public Result withRejection(Rejection rejection) {
        Abstention figures = Abstention.of(metrics.confusion().classes(), predictions, rejection);
        return new Result(name, predictions, metrics, rivals, Optional.of(new Rejected(rejection, figures)), images);
    }
}
