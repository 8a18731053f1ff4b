package org.cryonext.cryoet.baseline;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Multinomial logistic regression with a quadratic penalty on its weights, on standardised features (mean 0 and standard
 * deviation 1 over the training rows). It makes sum of the cross entropies + |weights|^2 / (2 C) smallest, the intercepts
 * unpenalised, as scikit-learn's LogisticRegression(C) behind a StandardScaler does.
 */
final class LogisticRegression {
    private static final double TOLERANCE = 1e-5;
    private static final int ITERATIONS = 3000;

    private final int classes;
    /** Ids of the classes that occur in the training rows; the others have the probability 0. */
    private final int[] present;

    private final double[] mean;
    private final double[] scale;
    /** [features + 1][present classes]; the last row is the intercepts. */
    private final double[] weights;

    private LogisticRegression(int classes, int[] present, double[] mean, double[] scale, double[] weights) {
        this.classes = classes;
        this.present = present;
        this.mean = mean;
        this.scale = scale;
        this.weights = weights;
    }

    /**
     * Fits the weights.
     *
     * @param rows at least one, [rows][features]
     * @param labels the class of each row, below {@code classes}
     * @param classes number of classes
     * @param c the larger, the weaker the penalty
     */
    static LogisticRegression fit(double[][] rows, int[] labels, int classes, double c) {
        int[] present = IntStream.of(labels).distinct().sorted().toArray();
        int[] column = new int[classes];
        for (int k = 0; k < present.length; k++) {
            column[present[k]] = k;
        }
        int features = rows[0].length;
        double[] mean = new double[features];
        double[] scale = new double[features];
        standards(rows, mean, scale);
        LogisticRegression model =
                new LogisticRegression(classes, present, mean, scale, new double[(features + 1) * present.length]);
        double[][] inputs = new double[rows.length][];
        int[] columns = new int[rows.length];
        for (int i = 0; i < rows.length; i++) {
            inputs[i] = model.standardised(rows[i]);
            columns[i] = column[labels[i]];
        }
        double penalty = 1 / (c * rows.length);
        new Lbfgs(TOLERANCE, ITERATIONS)
                .minimise((w, gradient) -> model.loss(inputs, columns, penalty, w, gradient), model.weights);
        return model;
    }

    private static void standards(double[][] rows, double[] mean, double[] scale) {
        for (int j = 0; j < mean.length; j++) {
            double sum = 0;
            for (double[] row : rows) {
                sum += row[j];
            }
            mean[j] = sum / rows.length;
            double squares = 0;
            for (double[] row : rows) {
                squares += (row[j] - mean[j]) * (row[j] - mean[j]);
            }
            double deviation = Math.sqrt(squares / rows.length);
            scale[j] = deviation > 0 ? 1 / deviation : 1;
        }
    }

    private double[] standardised(double[] row) {
        double[] input = new double[row.length];
        for (int j = 0; j < row.length; j++) {
            input[j] = (row[j] - mean[j]) * scale[j];
        }
        return input;
    }

    /** Mean cross entropy plus {@code penalty} / 2 times the squared weights. */
    private double loss(double[][] inputs, int[] columns, double penalty, double[] w, double[] gradient) {
        int k = present.length;
        int penalised = w.length - k;
        double loss = 0;
        Arrays.fill(gradient, 0);
        double[] p = new double[k];
        for (int i = 0; i < inputs.length; i++) {
            double[] input = inputs[i];
            double logSum = softmax(input, w, p);
            loss += logSum;
            p[columns[i]] -= 1;
            int at = 0;
            for (double value : input) {
                for (int c = 0; c < k; c++) {
                    gradient[at + c] += value * p[c];
                }
                at += k;
            }
            for (int c = 0; c < k; c++) {
                gradient[at + c] += p[c];
            }
            loss -= logit(input, w, columns[i]);
        }
        double squares = 0;
        for (int i = 0; i < w.length; i++) {
            gradient[i] /= inputs.length;
            if (i < penalised) {
                squares += w[i] * w[i];
                gradient[i] += penalty * w[i];
            }
        }
        return loss / inputs.length + penalty / 2 * squares;
    }

    private double logit(double[] input, double[] w, int column) {
        int k = present.length;
        double sum = w[input.length * k + column];
        for (int j = 0; j < input.length; j++) {
            sum += input[j] * w[j * k + column];
        }
        return sum;
    }

    /** Fills {@code p} with the probabilities; returns the logarithm of the sum of the exponentials. */
    private double softmax(double[] input, double[] w, double[] p) {
        int k = present.length;
        System.arraycopy(w, input.length * k, p, 0, k);
        int at = 0;
        for (double value : input) {
            for (int c = 0; c < k; c++) {
                p[c] += value * w[at + c];
            }
            at += k;
        }
        double largest = p[0];
        for (double logit : p) {
            largest = Math.max(largest, logit);
        }
        double sum = 0;
        for (int c = 0; c < k; c++) {
            p[c] = StrictMath.exp(p[c] - largest);
            sum += p[c];
        }
        for (int c = 0; c < k; c++) {
            p[c] /= sum;
        }
        return largest + StrictMath.log(sum);
    }

    /** The probabilities of all classes for a row of features. */
    float[] probabilities(double[] row) {
        double[] p = new double[present.length];
        softmax(standardised(row), weights, p);
        float[] all = new float[classes];
        for (int c = 0; c < p.length; c++) {
            all[present[c]] = (float) p[c];
        }
        return all;
    }
}
