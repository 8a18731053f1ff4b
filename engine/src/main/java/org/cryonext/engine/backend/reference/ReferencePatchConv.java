package org.cryonext.engine.backend.reference;

/** {@link org.cryonext.engine.op.PatchConv} and its gradients. */
final class ReferencePatchConv {
    private ReferencePatchConv() {}

    static void forward(int k, ReferenceBlock x, ReferenceBlock weight, ReferenceBlock bias, ReferenceBlock y) {
        int patch = k * k * x.channels();
        for (int p = 0; p < y.rows(); p++) {
            for (int d = 0; d < y.channels(); d++) {
                double sum = bias == null ? 0 : bias.get(d);
                for (int i = 0; i < patch; i++) {
                    sum += x.get(source(k, x, y, p, i)) * weight.get(d * patch + i);
                }
                y.set(p * y.channels() + d, sum);
            }
        }
    }

    static void inputGradient(int k, ReferenceBlock dy, ReferenceBlock weight, ReferenceBlock dx) {
        int patch = k * k * dx.channels();
        for (int i = 0; i < dx.size(); i++) {
            dx.set(i, 0);
        }
        for (int p = 0; p < dy.rows(); p++) {
            for (int i = 0; i < patch; i++) {
                double sum = 0;
                for (int d = 0; d < dy.channels(); d++) {
                    sum += dy.get(p * dy.channels() + d) * weight.get(d * patch + i);
                }
                dx.set(source(k, dx, dy, p, i), sum);
            }
        }
    }

    static void weightGradient(
            int k, ReferenceBlock dy, ReferenceBlock x, ReferenceBlock dweight, ReferenceBlock dbias) {
        int patch = k * k * x.channels();
        double[] sum = new double[dy.channels() * patch];
        double[] biasSum = new double[dy.channels()];
        for (int p = 0; p < dy.rows(); p++) {
            for (int d = 0; d < dy.channels(); d++) {
                double g = dy.get(p * dy.channels() + d);
                biasSum[d] += g;
                for (int i = 0; i < patch; i++) {
                    sum[d * patch + i] += g * x.get(source(k, x, dy, p, i));
                }
            }
        }
        ReferenceLinear.store(sum, dweight);
        ReferenceLinear.store(biasSum, dbias);
    }

    /** Index in the image of element i, in the order [row, column, channel], of patch p. */
    private static int source(int k, ReferenceBlock image, ReferenceBlock patches, int p, int i) {
        int channels = image.channels();
        int px = p % patches.dim(2);
        int py = p / patches.dim(2) % patches.dim(1);
        int sample = p / patches.dim(2) / patches.dim(1);
        int column = i / channels % k;
        int row = i / channels / k;
        return ((sample * image.dim(1) + py * k + row) * image.dim(2) + px * k + column) * channels + i % channels;
    }
}
