package org.cryonext.engine.backend.reference;

/** {@link org.cryonext.engine.op.SoftmaxCrossEntropy} and its gradient. */
final class ReferenceLoss {
    private ReferenceLoss() {}

    static void forward(
            double smoothing,
            ReferenceBlock logits,
            ReferenceBlock labels,
            ReferenceBlock weights,
            ReferenceBlock loss) {
        int classes = logits.channels();
        double sum = 0;
        for (int n = 0; n < logits.dim(0); n++) {
            double[] logp = logSoftmax(logits, n);
            int label = (int) labels.get(n);
            sum -= (1 - smoothing) * weight(weights, label) * logp[label];
            for (int c = 0; c < classes; c++) {
                sum -= smoothing / classes * weight(weights, c) * logp[c];
            }
        }
        loss.set(0, sum / totalWeight(labels, weights));
    }

    static void gradient(
            double smoothing,
            ReferenceBlock dloss,
            ReferenceBlock logits,
            ReferenceBlock labels,
            ReferenceBlock weights,
            ReferenceBlock dlogits) {
        int classes = logits.channels();
        double factor = dloss.get(0) / totalWeight(labels, weights);
        for (int n = 0; n < logits.dim(0); n++) {
            double[] logp = logSoftmax(logits, n);
            int label = (int) labels.get(n);
            // Each -log p_c, weighted by t_c, contributes t_c (p - e_c).
            double[] target = new double[classes];
            double sum = 0;
            for (int c = 0; c < classes; c++) {
                target[c] = smoothing / classes * weight(weights, c)
                        + (c == label ? (1 - smoothing) * weight(weights, label) : 0);
                sum += target[c];
            }
            for (int c = 0; c < classes; c++) {
                dlogits.set(n * classes + c, factor * (sum * Math.exp(logp[c]) - target[c]));
            }
        }
    }

    private static double weight(ReferenceBlock weights, int label) {
        return weights == null ? 1 : weights.get(label);
    }

    private static double totalWeight(ReferenceBlock labels, ReferenceBlock weights) {
        double sum = 0;
        for (int n = 0; n < labels.size(); n++) {
            sum += weight(weights, (int) labels.get(n));
        }
        return sum;
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
