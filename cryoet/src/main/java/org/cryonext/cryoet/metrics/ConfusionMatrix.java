package org.cryonext.cryoet.metrics;

import java.util.List;
import org.cryonext.engine.io.InputException;

/**
 * Numbers of particles by true class (rows) and predicted class (columns).
 *
 * @param classes names, in the order of the class ids
 * @param counts [true][predicted]; not copied
 */
public record ConfusionMatrix(List<String> classes, long[][] counts) {

    /** @throws IllegalArgumentException if {@code counts} is not square with a row per class, or a count is negative */
    public ConfusionMatrix {
        classes = List.copyOf(classes);
        if (counts.length != classes.size()) {
            throw new IllegalArgumentException(counts.length + " rows for " + classes.size() + " classes");
        }
        for (long[] row : counts) {
            if (row.length != classes.size()) {
                throw new IllegalArgumentException("a row of " + row.length + " for " + classes.size() + " classes");
            }
            for (long count : row) {
                if (count < 0) {
                    throw new IllegalArgumentException("negative count " + count);
                }
            }
        }
    }

    /**
     * Counts predictions.
     *
     * @param classes names, in the order of the class ids
     * @throws InputException if there are no predictions, or one has no true class
     */
    public static ConfusionMatrix of(List<String> classes, List<Prediction> predictions) {
        if (predictions.isEmpty()) {
            throw new InputException(
                    "There are no predictions to evaluate: the particle list is empty, or every particle"
                            + " was left out at the borders; check the list, or keep border particles with --borders pad.");
        }
        int n = classes.size();
        long[][] counts = new long[n][n];
        for (Prediction p : predictions) {
            if (p.probabilities().length != n) {
                throw new IllegalArgumentException(
                        p.probabilities().length + " probabilities for " + n + " classes in " + p.tomogram());
            }
            if (p.truth() == Prediction.UNKNOWN) {
                throw new InputException("The particle at line " + p.line() + " of " + p.tomogram()
                        + " has no true class, so it cannot be scored; give a list whose particles all have a class.");
            }
            counts[p.truth()][p.predicted()]++;
        }
        return new ConfusionMatrix(classes, counts);
    }

    /** Number of classes. */
    public int size() {
        return counts.length;
    }

    /** Particles of the true class {@code truth}. */
    public long support(int truth) {
        long sum = 0;
        for (long count : counts[truth]) {
            sum += count;
        }
        return sum;
    }

    /** Particles predicted as {@code predicted}. */
    public long predicted(int predicted) {
        long sum = 0;
        for (long[] row : counts) {
            sum += row[predicted];
        }
        return sum;
    }

    /** All particles. */
    public long total() {
        long sum = 0;
        for (int truth = 0; truth < size(); truth++) {
            sum += support(truth);
        }
        return sum;
    }

    /** Part of the row's particles that fell on this column, 0 for a row without particles. */
    public double share(int truth, int predicted) {
        long support = support(truth);
        return support == 0 ? 0 : (double) counts[truth][predicted] / support;
    }
}
