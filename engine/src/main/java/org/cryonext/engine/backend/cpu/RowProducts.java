package org.cryonext.engine.backend.cpu;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Sums over the rows of two matrices multiplied element by element, as sums of short sums like {@link ColumnSums}. */
final class RowProducts {
    private static final VectorSpecies<Float> SPECIES = CpuSpecies.SPECIES;
    private static final int LENGTH = CpuSpecies.LENGTH;

    private RowProducts() {}

    /** {@code sums[column] = sum of a[row][column] * b[row][column]}, rows of {@code width} values {@code stride} apart. */
    static void of(float[] a, int aAt, float[] b, int bAt, int rows, int stride, int width, float[] sums, int sumsAt) {
        Arrays.fill(sums, sumsAt, sumsAt + width, 0);
        for (int row = 0; row < rows; row += ColumnSums.BLOCK) {
            int count = Math.min(ColumnSums.BLOCK, rows - row);
            addBlock(a, aAt + row * stride, b, bAt + row * stride, count, stride, width, sums, sumsAt);
        }
    }

    /**
     * Adds {@code x[row][column]^2} to {@code sums[column]}, row by row: the rows of a matrix of at most {@link ColumnSums#BLOCK}
     * rows, added panel by panel to sums that begin with 0, have the sums of {@link #of}, to the bit.
     */
    static void addSquares(float[] x, int at, int rows, int stride, int width, float[] sums, int sumsAt) {
        int column = 0;
        for (; column + 4 * LENGTH <= width; column += 4 * LENGTH) {
            addFourSquares(x, at + column, rows, stride, sums, sumsAt + column);
        }
        for (; column + LENGTH <= width; column += LENGTH) {
            FloatVector sum = FloatVector.fromArray(SPECIES, sums, sumsAt + column);
            for (int row = 0; row < rows; row++) {
                FloatVector value = FloatVector.fromArray(SPECIES, x, at + row * stride + column);
                sum = value.fma(value, sum);
            }
            sum.intoArray(sums, sumsAt + column);
        }
        for (; column < width; column++) {
            float sum = sums[sumsAt + column];
            for (int row = 0; row < rows; row++) {
                float value = x[at + row * stride + column];
                sum = Math.fma(value, value, sum);
            }
            sums[sumsAt + column] = sum;
        }
    }

    private static void addFourSquares(float[] x, int at, int rows, int stride, float[] sums, int sumsAt) {
        int second = sumsAt + LENGTH;
        int third = second + LENGTH;
        int fourth = third + LENGTH;
        FloatVector s0 = FloatVector.fromArray(SPECIES, sums, sumsAt);
        FloatVector s1 = FloatVector.fromArray(SPECIES, sums, second);
        FloatVector s2 = FloatVector.fromArray(SPECIES, sums, third);
        FloatVector s3 = FloatVector.fromArray(SPECIES, sums, fourth);
        for (int row = 0; row < rows; row++) {
            int i = at + row * stride;
            FloatVector x0 = FloatVector.fromArray(SPECIES, x, i);
            FloatVector x1 = FloatVector.fromArray(SPECIES, x, i + LENGTH);
            FloatVector x2 = FloatVector.fromArray(SPECIES, x, i + 2 * LENGTH);
            FloatVector x3 = FloatVector.fromArray(SPECIES, x, i + 3 * LENGTH);
            s0 = x0.fma(x0, s0);
            s1 = x1.fma(x1, s1);
            s2 = x2.fma(x2, s2);
            s3 = x3.fma(x3, s3);
        }
        s0.intoArray(sums, sumsAt);
        s1.intoArray(sums, second);
        s2.intoArray(sums, third);
        s3.intoArray(sums, fourth);
    }

    private static void addBlock(
            float[] a, int aAt, float[] b, int bAt, int rows, int stride, int width, float[] sums, int sumsAt) {
        int column = 0;
        for (; column + 4 * LENGTH <= width; column += 4 * LENGTH) {
            addFour(a, aAt + column, b, bAt + column, rows, stride, sums, sumsAt + column);
        }
        for (; column + LENGTH <= width; column += LENGTH) {
            FloatVector sum = FloatVector.zero(SPECIES);
            for (int row = 0; row < rows; row++) {
                int at = row * stride + column;
                sum = FloatVector.fromArray(SPECIES, a, aAt + at).fma(FloatVector.fromArray(SPECIES, b, bAt + at), sum);
            }
            sum.add(FloatVector.fromArray(SPECIES, sums, sumsAt + column)).intoArray(sums, sumsAt + column);
        }
        for (; column < width; column++) {
            float sum = 0;
            for (int row = 0; row < rows; row++) {
                int at = row * stride + column;
                sum = Math.fma(a[aAt + at], b[bAt + at], sum);
            }
            sums[sumsAt + column] += sum;
        }
    }

    private static void addFour(
            float[] a, int aAt, float[] b, int bAt, int rows, int stride, float[] sums, int sumsAt) {
        FloatVector s0 = FloatVector.zero(SPECIES);
        FloatVector s1 = s0;
        FloatVector s2 = s0;
        FloatVector s3 = s0;
        for (int row = 0; row < rows; row++) {
            int i = aAt + row * stride;
            int j = bAt + row * stride;
            s0 = FloatVector.fromArray(SPECIES, a, i).fma(FloatVector.fromArray(SPECIES, b, j), s0);
            s1 = FloatVector.fromArray(SPECIES, a, i + LENGTH).fma(FloatVector.fromArray(SPECIES, b, j + LENGTH), s1);
            s2 = FloatVector.fromArray(SPECIES, a, i + 2 * LENGTH)
                    .fma(FloatVector.fromArray(SPECIES, b, j + 2 * LENGTH), s2);
            s3 = FloatVector.fromArray(SPECIES, a, i + 3 * LENGTH)
                    .fma(FloatVector.fromArray(SPECIES, b, j + 3 * LENGTH), s3);
        }
        int second = sumsAt + LENGTH;
        int third = second + LENGTH;
        int fourth = third + LENGTH;
        s0.add(FloatVector.fromArray(SPECIES, sums, sumsAt)).intoArray(sums, sumsAt);
        s1.add(FloatVector.fromArray(SPECIES, sums, second)).intoArray(sums, second);
        s2.add(FloatVector.fromArray(SPECIES, sums, third)).intoArray(sums, third);
        s3.add(FloatVector.fromArray(SPECIES, sums, fourth)).intoArray(sums, fourth);
    }
}
