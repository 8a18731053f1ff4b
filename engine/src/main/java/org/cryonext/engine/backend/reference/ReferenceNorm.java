package org.cryonext.engine.backend.reference;

import org.cryonext.engine.op.GrnGradient;

/** {@link org.cryonext.engine.op.LayerNorm}, {@link org.cryonext.engine.op.Grn} and their gradients. */
final class ReferenceNorm {
    private ReferenceNorm() {}

    static void layerNorm(
            double epsilon, ReferenceBlock x, ReferenceBlock weight, ReferenceBlock bias, ReferenceBlock y) {
        int channels = x.channels();
        for (int row = 0; row < x.rows(); row++) {
            int at = row * channels;
            double mean = mean(x, at);
            double deviation = deviation(x, at, mean, epsilon);
            for (int c = 0; c < channels; c++) {
                y.set(at + c, (x.get(at + c) - mean) / deviation * weight.get(c) + bias.get(c));
            }
        }
    }

    private static double mean(ReferenceBlock x, int at) {
        double sum = 0;
        for (int c = 0; c < x.channels(); c++) {
            sum += x.get(at + c);
        }
        return sum / x.channels();
    }

    private static double deviation(ReferenceBlock x, int at, double mean, double epsilon) {
        double sum = 0;
        for (int c = 0; c < x.channels(); c++) {
            double d = x.get(at + c) - mean;
            sum += d * d;
        }
        return Math.sqrt(sum / x.channels() + epsilon);
    }

    static void layerNormGradient(
            double epsilon,
            ReferenceBlock dy,
            ReferenceBlock x,
            ReferenceBlock weight,
            ReferenceBlock dx,
            ReferenceBlock dweight,
            ReferenceBlock dbias) {
        int channels = x.channels();
        double[] weightSum = new double[channels];
        double[] biasSum = new double[channels];
        for (int row = 0; row < x.rows(); row++) {
            int at = row * channels;
            double mean = mean(x, at);
            double deviation = deviation(x, at, mean, epsilon);
            double meanG = 0;
            double meanGx = 0;
            for (int c = 0; c < channels; c++) {
                double normal = (x.get(at + c) - mean) / deviation;
                double g = dy.get(at + c) * weight.get(c);
                meanG += g / channels;
                meanGx += g * normal / channels;
                weightSum[c] += dy.get(at + c) * normal;
                biasSum[c] += dy.get(at + c);
            }
            if (dx != null) {
                for (int c = 0; c < channels; c++) {
                    double normal = (x.get(at + c) - mean) / deviation;
                    dx.set(at + c, (dy.get(at + c) * weight.get(c) - meanG - normal * meanGx) / deviation);
                }
            }
        }
        ReferenceLinear.store(weightSum, dweight);
        ReferenceLinear.store(biasSum, dbias);
    }

    static void grn(double epsilon, ReferenceBlock x, ReferenceBlock gamma, ReferenceBlock beta, ReferenceBlock y) {
        int channels = x.channels();
        int positions = x.rows() / x.dim(0);
        for (int sample = 0; sample < x.dim(0); sample++) {
            double[] norm = norms(x, sample);
            double mean = mean(norm) + epsilon;
            for (int p = 0; p < positions; p++) {
                for (int c = 0; c < channels; c++) {
                    int at = (sample * positions + p) * channels + c;
                    y.set(at, gamma.get(c) * (x.get(at) * (norm[c] / mean)) + beta.get(c) + x.get(at));
                }
            }
        }
    }

    /** Per channel, the 2-norm over a sample's positions. */
    private static double[] norms(ReferenceBlock x, int sample) {
        int channels = x.channels();
        int positions = x.rows() / x.dim(0);
        double[] norm = new double[channels];
        for (int p = 0; p < positions; p++) {
            for (int c = 0; c < channels; c++) {
                double v = x.get((sample * positions + p) * channels + c);
                norm[c] += v * v;
            }
        }
        for (int c = 0; c < channels; c++) {
            norm[c] = Math.sqrt(norm[c]);
        }
        return norm;
    }

    private static double mean(double[] values) {
        double sum = 0;
        for (double v : values) {
            sum += v;
        }
        return sum / values.length;
    }

    static void grnGradient(
            GrnGradient op,
            ReferenceBlock dy,
            ReferenceBlock x,
            ReferenceBlock gamma,
            ReferenceBlock affine,
            ReferenceBlock dx,
            ReferenceBlock dgamma,
            ReferenceBlock dbeta) {
        int channels = x.channels();
        int positions = x.rows() / x.dim(0);
        double[] gammaSum = new double[channels];
        double[] betaSum = new double[channels];
        for (int sample = 0; sample < x.dim(0); sample++) {
            double[] norm = norms(x, sample);
            double mean = mean(norm) + op.epsilon();
            // The loss's derivative by N_c, from which it reaches every norm, since each N_c holds the mean of all.
            double[] byRatio = new double[channels];
            for (int p = 0; p < positions; p++) {
                for (int c = 0; c < channels; c++) {
                    int at = (sample * positions + p) * channels + c;
                    byRatio[c] += dy.get(at) * gamma.get(c) * x.get(at);
                    gammaSum[c] += dy.get(at) * x.get(at) * norm[c] / mean;
                    betaSum[c] += dy.get(at);
                }
            }
            double shared = 0;
            for (int c = 0; c < channels; c++) {
                shared += byRatio[c] * norm[c] / (mean * mean) / channels;
            }
            if (dx == null) {
                continue;
            }
            for (int p = 0; p < positions; p++) {
                for (int c = 0; c < channels; c++) {
                    int at = (sample * positions + p) * channels + c;
                    double byNorm = norm[c] == 0 ? 0 : (byRatio[c] / mean - shared) / norm[c];
                    double d = dy.get(at) * (1 + gamma.get(c) * norm[c] / mean) + byNorm * x.get(at);
                    dx.set(at, d * ReferencePointwise.derivative(op.activation(), affine, at));
                }
            }
        }
        ReferenceLinear.store(gammaSum, dgamma);
        ReferenceLinear.store(betaSum, dbeta);
    }
}
