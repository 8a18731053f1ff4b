package org.cryonext.engine.backend.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Adds a product to a residual: y = x + keep_n * scale_c * product.
 *
 * @param x residual memory and the first value of its row 0
 * @param scale factor of each column, or null for 1
 * @param keep factor of each sample, or null for 1
 * @param sampleRows rows of a sample
 * @param y result, of x's layout
 * @param width values in a row
 */
record ResidualSink(CpuBlock x, CpuBlock scale, CpuBlock keep, int sampleRows, CpuBlock y, int width)
        implements TileSink {
    private static final VectorSpecies<Float> SPECIES = CpuSpecies.SPECIES;
    private static final int LENGTH = CpuSpecies.LENGTH;

    @Override
    public void store(float[] tile, int at, int row, int rows, int column, int columns) {
        for (int r = 0; r < rows; r++) {
            float kept = keep == null ? 1 : keep.array()[keep.offset() + (row + r) / sampleRows];
            int index = (row + r) * width + column;
            add(tile, at + r * GemmMicrokernels.COLUMNS, index, column, columns, kept);
        }
    }

    private void add(float[] tile, int at, int index, int column, int columns, float kept) {
        float[] from = x.array();
        float[] to = y.array();
        int fromAt = x.offset() + index;
        int toAt = y.offset() + index;
        int c = 0;
        for (; c + LENGTH <= columns; c += LENGTH) {
            FloatVector z = FloatVector.fromArray(SPECIES, tile, at + c).mul(kept);
            if (scale != null) {
                z = z.mul(FloatVector.fromArray(SPECIES, scale.array(), scale.offset() + column + c));
            }
            z.add(FloatVector.fromArray(SPECIES, from, fromAt + c)).intoArray(to, toAt + c);
        }
        for (; c < columns; c++) {
            float z = tile[at + c] * kept;
            if (scale != null) {
                z *= scale.array()[scale.offset() + column + c];
            }
            to[toAt + c] = z + from[fromAt + c];
        }
    }
}
