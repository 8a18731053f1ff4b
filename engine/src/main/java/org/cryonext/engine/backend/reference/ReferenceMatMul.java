package org.cryonext.engine.backend.reference;

import java.util.Arrays;
import org.cryonext.engine.op.MatMul;
import org.cryonext.engine.tensor.Shape;

/** {@link MatMul}, and the product of two matrices by which 1 x 1 convolutions are computed too. */
final class ReferenceMatMul {
    /** Columns taken at a time, so that as many columns of b as a few hundred rows have stay in the cache. */
    private static final int COLUMNS = 128;

    private ReferenceMatMul() {}

    static void matMul(ReferenceBlock a, ReferenceBlock b, ReferenceBlock y) {
        int m = a.dim(-2);
        int k = a.dim(-1);
        int n = b.dim(-1);
        Shape batch = MatMul.batch(y.type().shape());
        Odometer odometer = new Odometer(batch.toInts(), matrices(a, batch, m * k), matrices(b, batch, k * n));
        for (int i = 0; i < batch.size() && y.size() > 0; i++) {
            product(a, odometer.at(0), b, odometer.at(1), null, y, i * m * n, m, k, n);
            odometer.next();
        }
    }

    private static int[] matrices(ReferenceBlock operand, Shape batch, int size) {
        return Arrays.stream(Odometer.stretched(MatMul.batch(operand.type().shape()), batch))
                .map(step -> step * size)
                .toArray();
    }

    /**
     * y [m, n] = a [m, k] b [k, n] + bias [m], each from an offset of its block on. Four rows of b at a time, along
     * which the innermost loop runs.
     */
    static void product(
            ReferenceBlock a,
            int aAt,
            ReferenceBlock b,
            int bAt,
            double[] bias,
            ReferenceBlock y,
            int yAt,
            int m,
            int k,
            int n) {
        double[] left = a.array();
        double[] right = b.array();
        double[] sums = new double[Math.min(n, COLUMNS)];
        for (int column = 0; column < n; column += COLUMNS) {
            int width = Math.min(COLUMNS, n - column);
            for (int row = 0; row < m; row++) {
                Arrays.fill(sums, bias == null ? 0 : bias[row]);
                int l = a.offset() + aAt + row * k;
                int r = b.offset() + bAt + column;
                int i = 0;
                for (; i + 4 <= k; i += 4) {
                    addRows(sums, width, left, l + i, right, r + i * n, n);
                }
                for (; i < k; i++) {
                    for (int j = 0; j < width; j++) {
                        sums[j] += left[l + i] * right[r + i * n + j];
                    }
                }
                for (int j = 0; j < width; j++) {
                    y.set(yAt + row * n + column + j, sums[j]);
                }
            }
        }
    }

    private static void addRows(double[] sums, int width, double[] left, int l, double[] right, int r, int n) {
        double a0 = left[l];
        double a1 = left[l + 1];
        double a2 = left[l + 2];
        double a3 = left[l + 3];
        for (int j = 0; j < width; j++) {
            sums[j] +=
                    a0 * right[r + j] + a1 * right[r + n + j] + a2 * right[r + 2 * n + j] + a3 * right[r + 3 * n + j];
        }
    }
}
