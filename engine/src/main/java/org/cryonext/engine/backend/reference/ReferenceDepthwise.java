package org.cryonext.engine.backend.reference;

import org.cryonext.engine.op.DepthwiseNorm;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.TensorType;

/** {@link org.cryonext.engine.op.DepthwiseConv} and its gradients. */
final class ReferenceDepthwise {
    private ReferenceDepthwise() {}

    static void forward(int k, ReferenceBlock x, ReferenceBlock weight, ReferenceBlock bias, ReferenceBlock y) {
        correlate(k, x, weight, bias, y, false);
    }

    /** {@link DepthwiseNorm}; what lies between is not rounded. */
    static void norm(
            DepthwiseNorm op,
            ReferenceBlock x,
            ReferenceBlock weight,
            ReferenceBlock bias,
            ReferenceBlock normWeight,
            ReferenceBlock normBias,
            ReferenceBlock y) {
        ReferenceBlock between = new ReferenceBlock(
                new double[y.size()], 0, new TensorType(DType.F64, y.type().shape()));
        forward(op.k(), x, weight, bias, between);
        ReferenceNorm.layerNorm(op.epsilon(), between, normWeight, normBias, y);
    }

    static void inputGradient(int k, ReferenceBlock dy, ReferenceBlock weight, ReferenceBlock dx) {
        correlate(k, dy, weight, null, dx, true);
    }

    private static void correlate(
            int k, ReferenceBlock x, ReferenceBlock weight, ReferenceBlock bias, ReferenceBlock y, boolean turned) {
        int height = x.dim(1);
        int width = x.dim(2);
        int channels = x.channels();
        int pad = k / 2;
        for (int i = 0; i < y.size(); i++) {
            int c = i % channels;
            int column = i / channels % width;
            int row = i / channels / width % height;
            int sample = i / channels / width / height;
            double sum = bias == null ? 0 : bias.get(c);
            for (int dr = Math.max(0, pad - row); dr < Math.min(k, height + pad - row); dr++) {
                for (int dc = Math.max(0, pad - column); dc < Math.min(k, width + pad - column); dc++) {
                    int tap = turned ? (k - 1 - dr) * k + k - 1 - dc : dr * k + dc;
                    int at = ((sample * height + row + dr - pad) * width + column + dc - pad) * channels + c;
                    sum += x.get(at) * weight.get(tap * channels + c);
                }
            }
            y.set(i, sum);
        }
    }

    static void weightGradient(
            int k, ReferenceBlock dy, ReferenceBlock x, ReferenceBlock dweight, ReferenceBlock dbias) {
        int height = x.dim(1);
        int width = x.dim(2);
        int channels = x.channels();
        int pad = k / 2;
        double[] sum = new double[k * k * channels];
        double[] biasSum = new double[channels];
        for (int i = 0; i < dy.size(); i++) {
            int c = i % channels;
            int column = i / channels % width;
            int row = i / channels / width % height;
            int sample = i / channels / width / height;
            biasSum[c] += dy.get(i);
            for (int dr = Math.max(0, pad - row); dr < Math.min(k, height + pad - row); dr++) {
                for (int dc = Math.max(0, pad - column); dc < Math.min(k, width + pad - column); dc++) {
                    int at = ((sample * height + row + dr - pad) * width + column + dc - pad) * channels + c;
                    sum[(dr * k + dc) * channels + c] += dy.get(i) * x.get(at);
                }
            }
        }
        ReferenceLinear.store(sum, dweight);
        ReferenceLinear.store(biasSum, dbias);
    }
}
