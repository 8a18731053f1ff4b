package org.cryonext.cryoet.network;

import java.util.Arrays;
import org.cryonext.cryoet.run.Fusion;

/**
 * What the network says about one particle.
 *
 * @param logits [images][classes]; a single row where the images meet before the classifier; those of each mirroring of the
 *     cube in turn
 * @param mirrors mirrorings of the cube that were answered
 * @param probabilities [classes], the images fused
 */
public record Score(float[][] logits, int mirrors, float[] probabilities) {

    /** Fuses the logits of the images of a cube as it is. */
    public static Score of(float[][] logits, Fusion fusion, double temperature) {
        return of(logits, 1, fusion, temperature);
    }

    /**
     * Fuses the logits of all images of all mirrorings.
     *
     * @param mirrors mirrorings of the cube that were answered
     * @param temperature divides what is fused before the softmax; of no effect on a mean of probabilities, for which none
     *     was fitted
     */
    public static Score of(float[][] logits, int mirrors, Fusion fusion, double temperature) {
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
        return new Score(logits, mirrors, floats(sums));
    }

    /**
     * The energy of the images' mean logits, -log(sum(exp(.))): the higher, the less the particle is like any of the classes.
     * Of several mirrorings it is the mean of their energies.
     */
    public double energy() {
        int images = logits.length / mirrors;
        double energy = 0;
        for (int mirror = 0; mirror < mirrors; mirror++) {
            double[] mean = new double[logits[0].length];
            for (int i = 0; i < images; i++) {
                for (int c = 0; c < mean.length; c++) {
                    mean[c] += (double) logits[mirror * images + i][c] / images;
                }
            }
            energy -= Softmax.logSum(mean) / mirrors;
        }
        return energy;
    }

    /** The mean of the logits of all images of all mirrorings. */
    float[] meanLogits() {
        double[] sums = new double[logits[0].length];
        for (float[] image : logits) {
            for (int c = 0; c < sums.length; c++) {
                sums[c] += (double) image[c] / logits.length;
            }
        }
        return floats(sums);
    }

    /** What the first mirrorings alone say, fused by their logits at temperature 1. */
    Score ofFirst(int some) {
        return of(Arrays.copyOf(logits, logits.length / mirrors * some), some, Fusion.LOGITS, 1);
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
