package org.cryonext.cryoet.metrics;

import java.util.List;

/**
 * The expected calibration error: how far the probability of the predicted class is from the share of particles for which
 * that class is right. Particles are put into 15 bins of equal width by that probability; the error is the mean over the
 * bins, weighted by their particles, of |mean probability - share of right ones|. Source: Guo et al. 2017, arXiv
 * 1706.04599.
 */
public final class CalibrationError {
    private static final int BINS = 15;

    private final double[] confidence = new double[BINS];
    private final long[] right = new long[BINS];
    private final long[] count = new long[BINS];

    /** That of predictions whose true classes are known. */
    public static double of(List<Prediction> predictions) {
        CalibrationError error = new CalibrationError();
        predictions.forEach(p -> error.add(p.probability(), p.correct()));
        return error.value();
    }

    /**
     * Adds a particle.
     *
     * @param probability of the predicted class
     * @param correct whether it is the true one
     */
    public void add(double probability, boolean correct) {
        // The bins are open below and closed above: a probability of 1 lies in the last.
        int bin = Math.clamp((int) Math.ceil(probability * BINS) - 1, 0, BINS - 1);
        confidence[bin] += probability;
        right[bin] += correct ? 1 : 0;
        count[bin]++;
    }

    /** From 0 to 1; NaN without particles. */
    public double value() {
        double sum = 0;
        long all = 0;
        for (int b = 0; b < BINS; b++) {
            sum += Math.abs(confidence[b] - right[b]);
            all += count[b];
        }
        return sum / all;
    }
}
