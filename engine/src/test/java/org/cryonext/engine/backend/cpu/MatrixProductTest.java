package org.cryonext.engine.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MatrixProductTest {
    private static final int OFFSET = 3;

    @ParameterizedTest
    @CsvSource({
        "1, 1, 1",
        "1, 7, 5",
        "2, 3, 40",
        "12, 96, 32",
        "13, 193, 33",
        "49, 40, 160",
        "37, 5, 3",
        "251, 20, 65",
        "6, 384, 100",
        "196, 24, 40",
        "257, 200, 33",
        "25, 577, 31",
        "30, 11, 300"
    })
    void multipliesAnyShapeAlikeOnAnyNumberOfThreads(int rows, int depth, int columns) {
        float[] x = Numbers.random(1, OFFSET, rows * depth, 1);
        float[] w = Numbers.random(2, OFFSET, columns * depth, 1e-2);
        float[] bias = Numbers.random(3, OFFSET, columns, 1);
        float[] straight = new float[w.length];
        for (int n = 0; n < columns; n++) {
            for (int k = 0; k < depth; k++) {
                straight[OFFSET + k * columns + n] = w[OFFSET + n * depth + k];
            }
        }
        float[] first = null;
        for (int threads : new int[] {1, 2, 3, 5}) {
            // Odd numbers of threads have small caches.
            CpuCaches caches = threads % 2 == 0 ? CpuCaches.USUAL : new CpuCaches(128 << 10, 1 << 20);
            float[] y = multiply(threads, caches, rows, depth, columns, x, w, bias, true);
            Numbers.close("x wT + b", y, OFFSET, rows * columns, i -> {
                double sum = bias[OFFSET + i % columns];
                for (int k = 0; k < depth; k++) {
                    sum += (double) x[OFFSET + i / columns * depth + k] * w[OFFSET + i % columns * depth + k];
                }
                return sum;
            });
            first = first == null ? y : first;
            assertThat(y).isEqualTo(first);
            assertThat(multiply(threads, caches, rows, depth, columns, x, straight, bias, false))
                    .isEqualTo(first);
        }
    }

    private static float[] multiply(
            int threads,
            CpuCaches caches,
            int rows,
            int depth,
            int columns,
            float[] x,
            float[] w,
            float[] bias,
            boolean transposed) {
        try (CpuPool pool = new CpuPool(threads, caches)) {
            PackedMatrix packed = new PackedMatrix(depth, columns);
            float[] b = Numbers.random(4, OFFSET, packed.floats(), 1);
            for (int panel = 0; panel < packed.panels(); panel++) {
                if (transposed) {
                    packed.packTransposed(w, OFFSET, b, OFFSET, panel);
                } else {
                    packed.packStraight(w, OFFSET, b, OFFSET, panel);
                }
                packed.packBias(bias, OFFSET, b, OFFSET, panel);
            }
            MatrixProduct product = new MatrixProduct(rows, packed, pool);
            float[] scratch = new float[OFFSET + product.scratchFloats()];
            java.util.Arrays.fill(scratch, Float.NaN);
            float[] y = new float[OFFSET + rows * columns];
            var body = product.bind(
                    new DenseRows(x, OFFSET, depth), b, OFFSET, new DenseSink(y, OFFSET, columns), scratch, OFFSET);
            pool.parallel(product.tasks(), body);
            return y;
        }
    }
}
