package org.cryonext.engine.backend.cpu;

/**
 * Rows that follow each other in memory.
 *
 * @param data memory
 * @param offset first value of row 0
 * @param width values in a row
 */
record DenseRows(float[] data, int offset, int width) implements RowSource {
    @Override
    public void copy(int row, int from, int count, float[] to, int at) {
        System.arraycopy(data, offset + row * width + from, to, at, count);
    }
}
