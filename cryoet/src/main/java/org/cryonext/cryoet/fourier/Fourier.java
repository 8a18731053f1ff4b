package org.cryonext.cryoet.fourier;

/**
 * Fourier transforms of the columns of a complex matrix whose number of rows is a power of two. The forward transform
 * leaves the frequencies in bit-reversed order and the inverse one takes them so: a filter in that order between the
 * two saves both reorderings. The inverse is not divided by the number of rows.
 */
public final class Fourier {
    private final int rows;
    private final float[] cos;
    private final float[] sin;

    /** @param rows a power of two */
    public Fourier(int rows) {
        this.rows = rows;
        cos = new float[rows / 2];
        sin = new float[rows / 2];
        for (int i = 0; i < rows / 2; i++) {
            cos[i] = (float) Math.cos(2 * Math.PI * i / rows);
            sin[i] = (float) -Math.sin(2 * Math.PI * i / rows);
        }
    }

    /** The smallest power of two that is at least {@code n}. */
    public static int paddedSize(int n) {
        return n == 1 ? 1 : Integer.highestOneBit(n - 1) << 1;
    }

    /** The frequency that stands in row {@code row} after {@link #forward}: 0 .. rows-1. */
    public int frequency(int row) {
        return rows == 1 ? 0 : Integer.reverse(row) >>> (Integer.numberOfLeadingZeros(rows) + 1);
    }

    /** Transforms the {@code columns} columns of [rows, columns]; decimation in frequency. */
    public void forward(float[] re, float[] im, int columns) {
        for (int half = rows / 2; half >= 1; half /= 2) {
            for (int start = 0; start < rows; start += 2 * half) {
                for (int k = 0; k < half; k++) {
                    int twiddle = k * (rows / 2 / half);
                    int a = (start + k) * columns;
                    forwardButterfly(re, im, a, a + half * columns, columns, cos[twiddle], sin[twiddle]);
                }
            }
        }
    }

    /** The inverse of {@link #forward}, times the number of rows; decimation in time. */
    public void inverse(float[] re, float[] im, int columns) {
        for (int half = 1; half < rows; half *= 2) {
            for (int start = 0; start < rows; start += 2 * half) {
                for (int k = 0; k < half; k++) {
                    int twiddle = k * (rows / 2 / half);
                    int a = (start + k) * columns;
                    inverseButterfly(re, im, a, a + half * columns, columns, cos[twiddle], -sin[twiddle]);
                }
            }
        }
    }

    private static void forwardButterfly(float[] re, float[] im, int a, int b, int n, float c, float s) {
        for (int i = 0; i < n; i++) {
            float dr = re[a + i] - re[b + i];
            float di = im[a + i] - im[b + i];
            re[a + i] += re[b + i];
            im[a + i] += im[b + i];
            re[b + i] = dr * c - di * s;
            im[b + i] = dr * s + di * c;
        }
    }

    private static void inverseButterfly(float[] re, float[] im, int a, int b, int n, float c, float s) {
        for (int i = 0; i < n; i++) {
            float tr = re[b + i] * c - im[b + i] * s;
            float ti = re[b + i] * s + im[b + i] * c;
            re[b + i] = re[a + i] - tr;
            im[b + i] = im[a + i] - ti;
            re[a + i] += tr;
            im[a + i] += ti;
        }
    }

    /** Writes the transpose of {@code from}, [rows, columns], to {@code to}, [columns, rows]. */
    public static void transpose(float[] from, float[] to, int rows, int columns) {
        int tile = 16;
        for (int r0 = 0; r0 < rows; r0 += tile) {
            for (int c0 = 0; c0 < columns; c0 += tile) {
                for (int c = c0; c < Math.min(columns, c0 + tile); c++) {
                    for (int r = r0; r < Math.min(rows, r0 + tile); r++) {
                        to[c * rows + r] = from[r * columns + c];
                    }
                }
            }
        }
    }
}
