package org.cryonext.cryoet.train;

/** Adds up loss and accuracy over samples; both are unweighted. */
final class Validation {
    private final int classes;
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

    /** Mean cross entropy; NaN without samples. */
    double loss() {
        return loss / samples;
    }

    /** Share of the samples whose class has the largest logit; NaN without samples. */
    double accuracy() {
        return (double) correct / samples;
    }
}
