package org.cryonext.cryoet.network;

import org.cryonext.cryoet.run.Fusion;

/**
 * What the network says about one particle.
 *
 * @param logits [images][classes]; a single row where the images meet before the classifier
 * @param probabilities [classes], the images fused
 */
public record Score(float[][] logits, float[] probabilities) {

    /** Fuses the views' logits. */
    static Score of(float[][] logits, Fusion fusion) {
        int classes = logits[0].length;
        double[] sums = new double[classes];
        for (float[] view : logits) {
            double[] values = new double[classes];
            for (int c = 0; c < classes; c++) {
                values[c] = view[c];
            }
            if (fusion == Fusion.PROBABILITIES) {
                softmax(values);
            }
            for (int c = 0; c < classes; c++) {
                sums[c] += values[c] / logits.length;
            }
        }
        if (fusion != Fusion.PROBABILITIES) {
            softmax(sums);
        }
        float[] probabilities = new float[classes];
        for (int c = 0; c < classes; c++) {
            probabilities[c] = (float) sums[c];
        }
        return new Score(logits, probabilities);
    }

    private static void softmax(double[] values) {
        double largest = Double.NEGATIVE_INFINITY;
        for (double value : values) {
            largest = Math.max(largest, value);
        }
        double sum = 0;
        for (int c = 0; c < values.length; c++) {
            values[c] = StrictMath.exp(values[c] - largest);
            sum += values[c];
        }
        for (int c = 0; c < values.length; c++) {
            values[c] /= sum;
        }
    }

    /** The class with the largest probability; of equal ones the first. */
    public int predicted() {
        int best = 0;
        for (int c = 1; c < probabilities.length; c++) {
            if (probabilities[c] > probabilities[best]) {
                best = c;
            }
        }
        return best;
    }
}
