package org.cryonext.engine.backend.cpu;

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
        for (int r = 0; r < rows; r++) {
            System.arraycopy(
                    tile, at + r * GemmMicrokernels.COLUMNS, data, offset + (row + r) * width + column, columns);
        }
    }
}
