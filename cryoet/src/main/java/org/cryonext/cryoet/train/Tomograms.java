package org.cryonext.cryoet.train;

import java.util.ArrayList;
import java.util.List;
import org.cryonext.cryoet.dataset.Dataset;
import org.cryonext.cryoet.run.SplitBy;
import org.cryonext.engine.io.Counted;
import org.cryonext.engine.io.InputException;

/**
 * Which tomograms train, validate and test. Unless given, the last one tests and, where the split is by tomogram, the one
 * before it validates; all others train.
 *
 * @param train at least one
 * @param validation empty where the split is by particle
 * @param test may be empty
 */
record Tomograms(List<String> train, List<String> validation, List<String> test) {

    /**
     * Divides a data set's tomograms, none of which the options name twice.
     *
     * @throws InputException if one is unknown, or none is left to train or to validate
     */
    static Tomograms choose(Dataset dataset, SplitBy splitBy, TrainOptions options) {
        List<String> left = new ArrayList<>(dataset.names());
        int all = left.size();
        take(dataset, options.trainTomograms, left);
        take(dataset, options.validationTomograms, left);
        take(dataset, options.testTomograms, left);
        List<String> test = options.testTomograms != null ? options.testTomograms : last(left);
        List<String> validation = splitBy == SplitBy.PARTICLE
                ? List.of()
                : options.validationTomograms != null ? options.validationTomograms : last(left);
        List<String> train = options.trainTomograms != null ? options.trainTomograms : List.copyOf(left);
        if (train.isEmpty() || splitBy == SplitBy.TOMOGRAM && validation.isEmpty()) {
            throw new InputException(dataset.place() + " has " + Counted.of(all, "tomogram")
                    + ", and none is left to " + (train.isEmpty() ? "train on" : "validate on")
                    + "; by default the last one tests and, with --split tomogram, the one before it validates: add"
                    + " tomograms, or divide them with --train-tomograms, --val-tomograms and --test-tomograms");
        }
        return new Tomograms(List.copyOf(train), List.copyOf(validation), List.copyOf(test));
    }

    private static void take(Dataset dataset, List<String> names, List<String> left) {
        if (names != null) {
            names.forEach(dataset::tomogram);
            left.removeAll(names);
        }
    }

    private static List<String> last(List<String> left) {
        return left.isEmpty() ? List.of() : List.of(left.removeLast());
    }
}
