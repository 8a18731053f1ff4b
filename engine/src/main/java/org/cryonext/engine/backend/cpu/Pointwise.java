package org.cryonext.engine.backend.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Vector loops that work element by element. */
final class Pointwise {
    private static final VectorSpecies<Float> SPECIES = CpuSpecies.SPECIES;
    private static final int LENGTH = CpuSpecies.LENGTH;

    private Pointwise() {}

    /** {@code y = a + b}; y may be a or b. */
    static void add(float[] a, int aAt, float[] b, int bAt, float[] y, int yAt, int count) {
        int i = 0;
        for (; i + LENGTH <= count; i += LENGTH) {
            FloatVector.fromArray(SPECIES, a, aAt + i)
                    .add(FloatVector.fromArray(SPECIES, b, bAt + i))
                    .intoArray(y, yAt + i);
        }
        for (; i < count; i++) {
            y[yAt + i] = a[aAt + i] + b[bAt + i];
        }
    }

    /** {@code y = a * factor}; y may be a. */
    static void scale(float[] a, int aAt, float factor, float[] y, int yAt, int count) {
        int i = 0;
        for (; i + LENGTH <= count; i += LENGTH) {
            FloatVector.fromArray(SPECIES, a, aAt + i).mul(factor).intoArray(y, yAt + i);
        }
        for (; i < count; i++) {
            y[yAt + i] = a[aAt + i] * factor;
        }
    }

    /** {@code y = a * b * factor}; y may be a. */
    static void scale(float[] a, int aAt, float[] b, int bAt, float factor, float[] y, int yAt, int count) {
        int i = 0;
        for (; i + LENGTH <= count; i += LENGTH) {
            FloatVector.fromArray(SPECIES, a, aAt + i)
                    .mul(FloatVector.fromArray(SPECIES, b, bAt + i).mul(factor))
                    .intoArray(y, yAt + i);
        }
        for (; i < count; i++) {
            y[yAt + i] = a[aAt + i] * (b[bAt + i] * factor);
        }
    }

    /** {@code y = x + a * factor}; y may be x or a. */
    static void addScaled(float[] x, int xAt, float[] a, int aAt, float factor, float[] y, int yAt, int count) {
        int i = 0;
        FloatVector f = FloatVector.broadcast(SPECIES, factor);
        for (; i + LENGTH <= count; i += LENGTH) {
            FloatVector.fromArray(SPECIES, a, aAt + i)
                    .fma(f, FloatVector.fromArray(SPECIES, x, xAt + i))
                    .intoArray(y, yAt + i);
        }
        for (; i < count; i++) {
            y[yAt + i] = Math.fma(a[aAt + i], factor, x[xAt + i]);
        }
    }

    /** {@code y = x + a * b * factor}; y may be x or a. */
    static void addScaled(
            float[] x, int xAt, float[] a, int aAt, float[] b, int bAt, float factor, float[] y, int yAt, int count) {
        int i = 0;
        for (; i + LENGTH <= count; i += LENGTH) {
            FloatVector.fromArray(SPECIES, a, aAt + i)
                    .fma(
                            FloatVector.fromArray(SPECIES, b, bAt + i).mul(factor),
                            FloatVector.fromArray(SPECIES, x, xAt + i))
                    .intoArray(y, yAt + i);
        }
        for (; i < count; i++) {
            y[yAt + i] = Math.fma(a[aAt + i], b[bAt + i] * factor, x[xAt + i]);
        }
    }

    /** {@code y = a * b + c}. */
    static void affine(float[] a, int aAt, float[] b, int bAt, float[] c, int cAt, float[] y, int yAt, int count) {
        int i = 0;
        for (; i + LENGTH <= count; i += LENGTH) {
            FloatVector.fromArray(SPECIES, a, aAt + i)
                    .fma(FloatVector.fromArray(SPECIES, b, bAt + i), FloatVector.fromArray(SPECIES, c, cAt + i))
                    .intoArray(y, yAt + i);
        }
        for (; i < count; i++) {
            y[yAt + i] = Math.fma(a[aAt + i], b[bAt + i], c[cAt + i]);
        }
    }

    /** {@code y = a * b + c * d}. */
    static void twoProducts(
            float[] a,
            int aAt,
            float[] b,
            int bAt,
            float[] c,
            int cAt,
            float[] d,
            int dAt,
            float[] y,
            int yAt,
            int count) {
        int i = 0;
        for (; i + LENGTH <= count; i += LENGTH) {
            FloatVector second =
                    FloatVector.fromArray(SPECIES, c, cAt + i).mul(FloatVector.fromArray(SPECIES, d, dAt + i));
            FloatVector.fromArray(SPECIES, a, aAt + i)
                    .fma(FloatVector.fromArray(SPECIES, b, bAt + i), second)
                    .intoArray(y, yAt + i);
        }
        for (; i < count; i++) {
            y[yAt + i] = Math.fma(a[aAt + i], b[bAt + i], c[cAt + i] * d[dAt + i]);
        }
    }

    /**
     * The sum of squares, in blocks of 64 vectors whose sums are added in double.
     *
     * @param lanes working memory of {@link LaneSum#ROOM} floats at {@code lanesAt}
     */
    static double squares(float[] x, int at, int count, float[] lanes, int lanesAt) {
        double total = 0;
        int i = 0;
        while (i + LENGTH <= count) {
            int end = Math.min(count - LENGTH, i + 63 * LENGTH);
            FloatVector sum = FloatVector.zero(SPECIES);
            for (; i <= end; i += LENGTH) {
                FloatVector v = FloatVector.fromArray(SPECIES, x, at + i);
                sum = v.fma(v, sum);
            }
            sum.intoArray(lanes, lanesAt);
            total += LaneSum.of(lanes, lanesAt);
        }
        for (; i < count; i++) {
            total += (double) x[at + i] * x[at + i];
        }
        return total;
    }
}
