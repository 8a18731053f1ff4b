package org.cryonext.engine.backend.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Sums over the rows of matrices, in the order of the rows. */
final class ColumnSums {
    private static final VectorSpecies<Float> SPECIES = CpuSpecies.SPECIES;
    private static final int LENGTH = CpuSpecies.LENGTH;

    private ColumnSums() {}

    /** {@code sums[column] = sum of x[row][column]}, rows of {@code width} values. */
    static void add(float[] x, int offset, int rows, int width, float[] sums, int sumsOffset) {
        int column = 0;
        for (; column + 4 * LENGTH <= width; column += 4 * LENGTH) {
            addFour(x, offset + column, rows, width, sums, sumsOffset + column);
        }
        for (; column + LENGTH <= width; column += LENGTH) {
            FloatVector sum = FloatVector.zero(SPECIES);
            for (int row = 0; row < rows; row++) {
                sum = sum.add(FloatVector.fromArray(SPECIES, x, offset + row * width + column));
            }
            sum.intoArray(sums, sumsOffset + column);
        }
        for (; column < width; column++) {
            float sum = 0;
            for (int row = 0; row < rows; row++) {
                sum += x[offset + row * width + column];
            }
            sums[sumsOffset + column] = sum;
        }
    }

    private static void addFour(float[] x, int offset, int rows, int width, float[] sums, int sumsOffset) {
        FloatVector a = FloatVector.zero(SPECIES);
        FloatVector b = a;
        FloatVector c = a;
        FloatVector d = a;
        for (int row = 0; row < rows; row++) {
            int at = offset + row * width;
            a = a.add(FloatVector.fromArray(SPECIES, x, at));
            b = b.add(FloatVector.fromArray(SPECIES, x, at + LENGTH));
            c = c.add(FloatVector.fromArray(SPECIES, x, at + 2 * LENGTH));
            d = d.add(FloatVector.fromArray(SPECIES, x, at + 3 * LENGTH));
        }
        a.intoArray(sums, sumsOffset);
        b.intoArray(sums, sumsOffset + LENGTH);
        c.intoArray(sums, sumsOffset + 2 * LENGTH);
        d.intoArray(sums, sumsOffset + 3 * LENGTH);
    }
}
