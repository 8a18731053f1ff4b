package org.cryonext.cryoet.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.cryonext.cryoet.network.Calibrator;
import org.cryonext.cryoet.run.Calibration;

/** Adds up loss and accuracy over samples, both unweighted, and keeps their logits. */
final class Validation {
    private final int classes;
    private final List<float[]> rows = new ArrayList<>();
    private final List<Integer> truths = new ArrayList<>();
    private double loss;
    private int correct;
    private int samples;

    Validation(int classes) {
        this.classes = classes;
    }

    /**
     * Adds samples.
     *
     * @param logits a row a sample; further rows are ignored
     */
    void add(float[] logits, int[] labels) {
        for (int i = 0; i < labels.length; i++) {
            int best = largest(logits, i, classes);
            double sum = 0;
            for (int c = 0; c < classes; c++) {
                sum += StrictMath.exp(logits[i * classes + c] - (double) logits[i * classes + best]);
            }
            loss += StrictMath.log(sum) + logits[i * classes + best] - logits[i * classes + labels[i]];
            correct += best == labels[i] ? 1 : 0;
            samples++;
            rows.add(Arrays.copyOfRange(logits, i * classes, (i + 1) * classes));
            truths.add(labels[i]);
        }
    }

    /** Index of a row's largest value; of equal ones the first. */
    static int largest(float[] rows, int row, int classes) {
        int best = 0;
        for (int c = 1; c < classes; c++) {
            if (rows[row * classes + c] > rows[row * classes + best]) {
                best = c;
            }
        }
        return best;
    }

    /** How sure the network may be; empty without samples. */
    Optional<Calibration> calibration() {
        return samples == 0
                ? Optional.empty()
                : Optional.of(Calibrator.of(
                        rows, truths.stream().mapToInt(Integer::intValue).toArray()));
    }

    /** Mean cross entropy; NaN without samples. */
    double loss() {
        return loss / samples;
    }

    /** Share of the samples whose class has the largest logit; NaN without samples. */
    double accuracy() {
        return (double) correct / samples;
    }
}
