package org.cryonext.engine.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OuterProductTest {
    private static final int OFFSET = 2;

    @ParameterizedTest
    @CsvSource({
        "1, 1, 1, true",
        "1, 5, 7, false",
        "2, 40, 3, true",
        "193, 12, 32, true",
        "400, 13, 33, true",
        "2000, 3, 17, true",
        "65, 100, 70, true",
        "31, 25, 140, false",
        "3200, 24, 96, true",
        "5000, 100, 40, false",
        "700, 400, 230, true"
    })
    void sumsOverRowsAlikeOnAnyNumberOfThreads(int rows, int columnsA, int columnsB, boolean withSums) {
        float[] a = Numbers.random(1, OFFSET, rows * columnsA, 1);
        float[] b = Numbers.random(2, OFFSET, rows * columnsB, 1);
        float[] first = null;
        float[] firstSums = null;
        for (int threads : new int[] {1, 2, 3, 5}) {
            try (CpuPool pool = new CpuPool(threads)) {
                OuterProduct product = new OuterProduct(rows, columnsA, columnsB, pool);
                float[] c = new float[OFFSET + columnsA * columnsB];
                float[] sums = withSums ? new float[OFFSET + columnsA] : null;
                float[] scratch = new float[OFFSET + product.scratchFloats()];
                Arrays.fill(scratch, Float.NaN);
                product.bind(
                                new DenseRows(a, OFFSET, columnsA),
                                new DenseRows(b, OFFSET, columnsB),
                                c,
                                OFFSET,
                                sums,
                                OFFSET,
                                scratch,
                                OFFSET)
                        .run();
                Numbers.close("aT b", c, OFFSET, columnsA * columnsB, i -> {
                    double sum = 0;
                    for (int m = 0; m < rows; m++) {
                        sum += (double) a[OFFSET + m * columnsA + i / columnsB]
                                * b[OFFSET + m * columnsB + i % columnsB];
                    }
                    return sum;
                });
                if (withSums) {
                    Numbers.close("column sums", sums, OFFSET, columnsA, i -> {
                        double sum = 0;
                        for (int m = 0; m < rows; m++) {
                            sum += a[OFFSET + m * columnsA + i];
                        }
                        return sum;
                    });
                }
                first = first == null ? c : first;
                firstSums = firstSums == null ? sums : firstSums;
                assertThat(c).isEqualTo(first);
                assertThat(sums).isEqualTo(firstSums);
            }
        }
    }

    /** Enough rows for several segments, patches of a width that fills no panel. */
    @Test
    void takesPatchesWhereTheyLie() {
        PatchGeometry geometry = new PatchGeometry(2, 90, 86, 5, 2);
        int rows = geometry.patches();
        int columnsA = 30;
        int columnsB = geometry.patchValues();
        float[] a = Numbers.random(1, OFFSET, rows * columnsA, 1);
        float[] images = Numbers.random(2, OFFSET, 2 * 90 * 86 * 5, 1);
        PatchRows patches = new PatchRows(images, OFFSET, geometry);
        float[] b = new float[rows * columnsB];
        for (int row = 0; row < rows; row++) {
            patches.copy(row, 0, columnsB, b, row * columnsB);
        }
        try (CpuPool pool = new CpuPool(2)) {
            OuterProduct product = new OuterProduct(rows, columnsA, columnsB, pool);
            DenseRows left = new DenseRows(a, OFFSET, columnsA);
            assertThat(result(product, left, patches, columnsA * columnsB))
                    .isEqualTo(result(product, left, new DenseRows(b, 0, columnsB), columnsA * columnsB));
        }
    }

    private static float[] result(OuterProduct product, DenseRows a, RowSource b, int count) {
        float[] c = new float[count];
        float[] scratch = new float[product.scratchFloats()];
        Arrays.fill(scratch, Float.NaN);
        product.bind(a, b, c, 0, null, 0, scratch, 0).run();
        assertThat(c).doesNotContain(Float.NaN);
        return c;
    }

    /** The error of a sum of 60,000 must not grow with its length. */
    @Test
    void longSumsStayAccurate() {
        int rows = 60_000;
        float[] a = Numbers.random(1, 0, rows, 1);
        float[] b = Numbers.random(2, 0, rows * 2, 1);
        for (int i = 0; i < a.length; i++) {
            a[i] = Math.abs(a[i]);
            b[2 * i] = Math.abs(b[2 * i]);
        }
        try (CpuPool pool = new CpuPool(1)) {
            OuterProduct product = new OuterProduct(rows, 1, 2, pool);
            float[] c = new float[2];
            float[] sums = new float[1];
            product.bind(
                            new DenseRows(a, 0, 1),
                            new DenseRows(b, 0, 2),
                            c,
                            0,
                            sums,
                            0,
                            new float[product.scratchFloats()],
                            0)
                    .run();
            Numbers.close("all positive", c, 0, 1, i -> {
                double sum = 0;
                for (int m = 0; m < rows; m++) {
                    sum += (double) a[m] * b[2 * m];
                }
                return sum;
            });
        }
    }
}
