package org.cryonext.cryoet.network;

/** Softmax and what belongs to it, in double and the same bits everywhere. */
final class Softmax {
    private Softmax() {}

    /** Values divided by a temperature. */
    static double[] scaled(float[] values, double temperature) {
        double[] scaled = new double[values.length];
        for (int c = 0; c < scaled.length; c++) {
            scaled[c] = values[c] / temperature;
        }
        return scaled;
    }

    /** log(sum(exp(values))). */
    static double logSum(double[] values) {
        double largest = largest(values);
        double sum = 0;
        for (double value : values) {
            sum += StrictMath.exp(value - largest);
        }
        return largest + StrictMath.log(sum);
    }

    /** The energy of logits, -log(sum(exp(logits))): high for what is of none of the classes. */
    static double energy(float[] logits) {
        return -logSum(scaled(logits, 1));
    }

    /** Makes logits probabilities. */
    static void apply(double[] values) {
        double largest = largest(values);
        double sum = 0;
        for (int c = 0; c < values.length; c++) {
            values[c] = StrictMath.exp(values[c] - largest);
            sum += values[c];
        }
        for (int c = 0; c < values.length; c++) {
            values[c] /= sum;
        }
    }

    private static double largest(double[] values) {
        double largest = Double.NEGATIVE_INFINITY;
        for (double value : values) {
            largest = Math.max(largest, value);
        }
        return largest;
    }
}
