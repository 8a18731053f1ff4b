package org.cryonext.engine.backend.reference;

import java.util.Arrays;
import org.cryonext.engine.op.Activation;
import org.cryonext.engine.op.Linear;
import org.cryonext.engine.op.LinearInputGradient;

/** {@link Linear} and its gradients. */
final class ReferenceLinear {
    private ReferenceLinear() {}

    static void linear(
            Linear op,
            ReferenceBlock x,
            ReferenceBlock weight,
            ReferenceBlock bias,
            ReferenceBlock residual,
            ReferenceBlock scale,
            ReferenceBlock keep,
            ReferenceBlock y) {
        int n = weight.dim(0);
        int k = weight.dim(1);
        int rows = x.rows();
        double[] transposed = transposed(weight, n, k);
        double[] sums = new double[n];
        for (int m = 0; m < rows; m++) {
            for (int j = 0; j < n; j++) {
                sums[j] = bias == null ? 0 : bias.get(j);
            }
            for (int i = 0; i < k; i++) {
                addScaled(sums, x.get(m * k + i), transposed, i * n);
            }
            for (int j = 0; j < n; j++) {
                double z = sums[j];
                if (op.activation() != Activation.NONE) {
                    z = ReferencePointwise.gelu(op.activation() == Activation.GELU_TANH, z);
                }
                if (residual != null) {
                    double factor =
                            (scale == null ? 1 : scale.get(j)) * (keep == null ? 1 : keep.get(sample(m, rows, keep)));
                    z = residual.get(m * n + j) + factor * z;
                }
                y.set(m * n + j, z);
            }
        }
    }

    /** [k, n] of [n, k]: so that the sums of a row's outputs grow side by side, none waiting for its own last step. */
    private static double[] transposed(ReferenceBlock weight, int n, int k) {
        double[] result = new double[n * k];
        for (int j = 0; j < n; j++) {
            for (int i = 0; i < k; i++) {
                result[i * n + j] = weight.get(j * k + i);
            }
        }
        return result;
    }

    private static void addScaled(double[] sums, double factor, double[] values, int from) {
        for (int j = 0; j < sums.length; j++) {
            sums[j] += factor * values[from + j];
        }
    }

    private static int sample(int row, int rows, ReferenceBlock keep) {
        return row / (rows / keep.size());
    }

    static void inputGradient(
            LinearInputGradient op,
            ReferenceBlock dy,
            ReferenceBlock weight,
            ReferenceBlock affine,
            ReferenceBlock dx) {
        int n = weight.dim(0);
        int k = weight.dim(1);
        double[] row = new double[k];
        for (int m = 0; m < dy.rows(); m++) {
            Arrays.fill(row, 0);
            for (int j = 0; j < n; j++) {
                double d = dy.get(m * n + j);
                for (int i = 0; i < k; i++) {
                    row[i] += d * weight.get(j * k + i);
                }
            }
            for (int i = 0; i < k; i++) {
                int at = m * k + i;
                dx.set(at, row[i] * ReferencePointwise.derivative(op.activation(), affine, at));
            }
        }
    }

    static void weightGradient(ReferenceBlock dy, ReferenceBlock x, ReferenceBlock dweight, ReferenceBlock dbias) {
        int n = dy.channels();
        int k = x.channels();
        double[] sum = new double[n * k];
        double[] biasSum = new double[n];
        for (int m = 0; m < dy.rows(); m++) {
            for (int j = 0; j < n; j++) {
                double d = dy.get(m * n + j);
                biasSum[j] += d;
                if (dweight != null) {
                    for (int i = 0; i < k; i++) {
                        sum[j * k + i] += d * x.get(m * k + i);
                    }
                }
            }
        }
        store(sum, dweight);
        store(biasSum, dbias);
    }

    static void store(double[] values, ReferenceBlock target) {
        if (target != null) {
            for (int i = 0; i < values.length; i++) {
                target.set(i, values[i]);
            }
        }
    }
}
