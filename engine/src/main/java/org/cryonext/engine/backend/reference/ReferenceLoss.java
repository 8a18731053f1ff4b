package org.cryonext.engine.backend.reference;

import org.cryonext.engine.op.SoftmaxCrossEntropy;
import org.cryonext.engine.op.SoftmaxCrossEntropyGradient;

/** {@link SoftmaxCrossEntropy} and its gradient. */
final class ReferenceLoss {
    private ReferenceLoss() {}

    /**
     * What logits are compared with.
     *
     * @param weights null for ones
     * @param others null for one label a sample
     */
    record Targets(
            ReferenceBlock labels,
            ReferenceBlock weights,
            ReferenceBlock others,
            ReferenceBlock part,
            double smoothing) {
        private double weight(int c) {
            return weights == null ? 1 : weights.get(c);
        }

        /** The share of a class in a sample's labels. */
        private double share(int sample, int c) {
            double first = part == null ? 1 : part.get(0);
            return ((int) labels.get(sample) == c ? first : 0)
                    + (others != null && (int) others.get(sample) == c ? 1 - first : 0);
        }

        /** What multiplies -log p_c of a sample. */
        double target(int sample, int c, int classes) {
            return weight(c) * (smoothing / classes + (1 - smoothing) * share(sample, c));
        }

        double total(int classes) {
            double sum = 0;
            for (int n = 0; n < labels.size(); n++) {
                for (int c = 0; c < classes; c++) {
                    sum += weight(c) * share(n, c);
                }
            }
            return sum;
        }
    }

    static void forward(SoftmaxCrossEntropy op, ReferenceBlock logits, Targets targets, ReferenceBlock loss) {
        int classes = logits.channels();
        double sum = 0;
        for (int n = 0; n < logits.dim(0); n++) {
            double[] logp = logSoftmax(logits, n);
            for (int c = 0; c < classes; c++) {
                sum -= targets.target(n, c, classes) * Math.pow(-Math.expm1(logp[c]), op.focus()) * logp[c];
            }
        }
        loss.set(0, sum / targets.total(classes));
    }

    static void gradient(
            SoftmaxCrossEntropyGradient op,
            ReferenceBlock dloss,
            ReferenceBlock logits,
            Targets targets,
            ReferenceBlock dlogits) {
        int classes = logits.channels();
        double factor = dloss.get(0) / targets.total(classes);
        for (int n = 0; n < logits.dim(0); n++) {
            double[] logp = logSoftmax(logits, n);
            // Each -log p_c (1 - p_c)^g, weighted by t_c, contributes t_c h_c (p - e_c).
            double[] target = new double[classes];
            double sum = 0;
            for (int c = 0; c < classes; c++) {
                target[c] = targets.target(n, c, classes) * slope(logp[c], op.focus());
                sum += target[c];
            }
            for (int c = 0; c < classes; c++) {
                dlogits.set(n * classes + c, factor * (sum * Math.exp(logp[c]) - target[c]));
            }
        }
    }

    /** h = (1 - p)^g - g p (1 - p)^(g - 1) log p; 1 without a focus. */
    private static double slope(double logp, double focus) {
        if (focus == 0) {
            return 1;
        }
        double rest = -Math.expm1(logp);
        return Math.pow(rest, focus) - focus * Math.exp(logp) * Math.pow(rest, focus - 1) * logp;
    }

    private static double[] logSoftmax(ReferenceBlock logits, int row) {
        int classes = logits.channels();
        double max = Double.NEGATIVE_INFINITY;
        for (int c = 0; c < classes; c++) {
            max = Math.max(max, logits.get(row * classes + c));
        }
        double sum = 0;
        for (int c = 0; c < classes; c++) {
            sum += Math.exp(logits.get(row * classes + c) - max);
        }
        double[] result = new double[classes];
        for (int c = 0; c < classes; c++) {
            result[c] = logits.get(row * classes + c) - max - Math.log(sum);
        }
        return result;
    }
}
