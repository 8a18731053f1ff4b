package org.cryonext.engine.backend.cpu;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Sums over the rows of a matrix, as sums of sums of {@link #BLOCK} rows, so that the error of long ones stays small. */
final class ColumnSums {
    /** Rows summed one after the other. */
    static final int BLOCK = 256;

    private static final VectorSpecies<Float> SPECIES = CpuSpecies.SPECIES;
    private static final int LENGTH = CpuSpecies.LENGTH;

    private ColumnSums() {}

    /** {@code sums[column] = sum of x[row][column]}, rows of {@code width} values. */
    static void of(float[] x, int offset, int rows, int width, float[] sums, int sumsOffset) {
        Arrays.fill(sums, sumsOffset, sumsOffset + width, 0);
        for (int row = 0; row < rows; row += BLOCK) {
            add(x, offset + row * width, Math.min(BLOCK, rows - row), width, width, sums, sumsOffset);
        }
    }

    /**
     * {@code sums[column] += sum of x[row][column]}, rows of {@code width} values {@code stride} apart. The rows are summed one by
     * one, and what was in {@code sums} comes last.
     */
    static void add(float[] x, int offset, int rows, int stride, int width, float[] sums, int sumsOffset) {
        int column = 0;
        for (; column + 4 * LENGTH <= width; column += 4 * LENGTH) {
            addFour(x, offset + column, rows, stride, sums, sumsOffset + column);
        }
        for (; column + LENGTH <= width; column += LENGTH) {
            FloatVector sum = FloatVector.zero(SPECIES);
            for (int row = 0; row < rows; row++) {
                sum = sum.add(FloatVector.fromArray(SPECIES, x, offset + row * stride + column));
            }
            sum.add(FloatVector.fromArray(SPECIES, sums, sumsOffset + column)).intoArray(sums, sumsOffset + column);
        }
        for (; column < width; column++) {
            float sum = 0;
            for (int row = 0; row < rows; row++) {
                sum += x[offset + row * stride + column];
            }
            sums[sumsOffset + column] += sum;
        }
    }

    private static void addFour(float[] x, int offset, int rows, int stride, float[] sums, int sumsOffset) {
        FloatVector a = FloatVector.zero(SPECIES);
        FloatVector b = a;
        FloatVector c = a;
        FloatVector d = a;
        for (int row = 0; row < rows; row++) {
            int at = offset + row * stride;
            a = a.add(FloatVector.fromArray(SPECIES, x, at));
            b = b.add(FloatVector.fromArray(SPECIES, x, at + LENGTH));
            c = c.add(FloatVector.fromArray(SPECIES, x, at + 2 * LENGTH));
            d = d.add(FloatVector.fromArray(SPECIES, x, at + 3 * LENGTH));
        }
        int second = sumsOffset + LENGTH;
        int third = second + LENGTH;
        int fourth = third + LENGTH;
        a.add(FloatVector.fromArray(SPECIES, sums, sumsOffset)).intoArray(sums, sumsOffset);
        b.add(FloatVector.fromArray(SPECIES, sums, second)).intoArray(sums, second);
        c.add(FloatVector.fromArray(SPECIES, sums, third)).intoArray(sums, third);
        d.add(FloatVector.fromArray(SPECIES, sums, fourth)).intoArray(sums, fourth);
    }
}
