package org.cryonext.engine.backend.cpu;

import jdk.incubator.vector.FloatVector;

/**
 * Stores a product as it is.
 *
 * @param data memory
 * @param offset first value of row 0
 * @param width values in a row
 */
record DenseSink(float[] data, int offset, int width) implements TileSink {
    @Override
    public void store(float[] tile, int at, int row, int rows, int column, int columns) {
        if (columns == GemmMicrokernels.COLUMNS) {
            storeWhole(tile, at, rows, offset + row * width + column);
            return;
        }
        for (int r = 0; r < rows; r++) {
            System.arraycopy(
                    tile, at + r * GemmMicrokernels.COLUMNS, data, offset + (row + r) * width + column, columns);
        }
    }

    private void storeWhole(float[] tile, int at, int rows, int to) {
        int length = CpuSpecies.LENGTH;
        for (int r = 0; r < rows; r++) {
            int from = at + r * GemmMicrokernels.COLUMNS;
            FloatVector left = FloatVector.fromArray(CpuSpecies.SPECIES, tile, from);
            FloatVector right = FloatVector.fromArray(CpuSpecies.SPECIES, tile, from + length);
            left.intoArray(data, to + r * width);
            right.intoArray(data, to + r * width + length);
        }
    }
}
