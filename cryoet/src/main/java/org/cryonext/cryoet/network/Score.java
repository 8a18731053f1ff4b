package org.cryonext.cryoet.network;

import org.cryonext.cryoet.run.Fusion;

/**
 * What the network says about one particle.
 *
 * @param logits [images][classes]; a single row where the images meet before the classifier; those of each mirroring of the
 *     cube in turn
 * @param probabilities [classes], the images fused
 */
public record Score(float[][] logits, float[] probabilities) {

    /**
     * Fuses the images' logits.
     *
     * @param temperature divides what is fused before the softmax; of no effect on a mean of probabilities, for which none
     *     was fitted
     */
    public static Score of(float[][] logits, Fusion fusion, double temperature) {
        int classes = logits[0].length;
        double[] sums = new double[classes];
        for (float[] image : logits) {
            double[] values = Softmax.scaled(image, 1);
            if (fusion == Fusion.PROBABILITIES) {
                Softmax.apply(values);
            }
            for (int c = 0; c < classes; c++) {
                sums[c] += values[c] / logits.length;
            }
        }
        if (fusion != Fusion.PROBABILITIES) {
            for (int c = 0; c < classes; c++) {
                sums[c] /= temperature;
            }
            Softmax.apply(sums);
        }
        return new Score(logits, floats(sums));
    }

    /** The energy of the mean logits, -log(sum(exp(.))): the higher, the less the particle is like any of the classes. */
    public double energy() {
        double[] mean = new double[logits[0].length];
        for (float[] image : logits) {
            for (int c = 0; c < mean.length; c++) {
                mean[c] += (double) image[c] / logits.length;
            }
        }
        return -Softmax.logSum(mean);
    }

    private static float[] floats(double[] values) {
        float[] result = new float[values.length];
        for (int c = 0; c < result.length; c++) {
            result[c] = (float) values[c];
        }
        return result;
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
