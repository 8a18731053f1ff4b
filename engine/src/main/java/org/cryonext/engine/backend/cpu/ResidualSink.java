package org.cryonext.engine.backend.cpu;

import jdk.incubator.vector.FloatVector;

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
    @Override
    public void store(float[] tile, int at, int row, int rows, int column, int columns) {
        if (columns == GemmMicrokernels.COLUMNS && keep == null && scale != null) {
            addWhole(tile, at, rows, row * width + column, column);
            return;
        }
        for (int r = 0; r < rows; r++) {
            float kept = keep == null ? 1 : keep.array()[keep.offset() + (row + r) / sampleRows];
            int index = (row + r) * width + column;
            add(tile, at + r * GemmMicrokernels.COLUMNS, index, column, columns, kept);
        }
    }

    /** The case of inference: all rows share the factors. */
    private void addWhole(float[] tile, int at, int rows, int index, int column) {
        int length = CpuSpecies.LENGTH;
        FloatVector left = FloatVector.fromArray(CpuSpecies.SPECIES, scale.array(), scale.offset() + column);
        FloatVector right = FloatVector.fromArray(CpuSpecies.SPECIES, scale.array(), scale.offset() + column + length);
        float[] from = x.array();
        float[] to = y.array();
        for (int r = 0; r < rows; r++) {
            int z = at + r * GemmMicrokernels.COLUMNS;
            int xAt = x.offset() + index + r * width;
            int yAt = y.offset() + index + r * width;
            FloatVector.fromArray(CpuSpecies.SPECIES, tile, z)
                    .fma(left, FloatVector.fromArray(CpuSpecies.SPECIES, from, xAt))
                    .intoArray(to, yAt);
            FloatVector.fromArray(CpuSpecies.SPECIES, tile, z + length)
                    .fma(right, FloatVector.fromArray(CpuSpecies.SPECIES, from, xAt + length))
                    .intoArray(to, yAt + length);
        }
    }

    private void add(float[] tile, int at, int index, int column, int columns, float kept) {
        int xAt = x.offset() + index;
        int yAt = y.offset() + index;
        if (scale == null) {
            Pointwise.addScaled(x.array(), xAt, tile, at, kept, y.array(), yAt, columns);
        } else {
            int scaleAt = scale.offset() + column;
            Pointwise.addScaled(x.array(), xAt, tile, at, scale.array(), scaleAt, kept, y.array(), yAt, columns);
        }
    }
}
