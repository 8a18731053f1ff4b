package org.cryonext.engine.backend.cpu;

/**
 * Patches of images as the rows of a matrix, columns in the order [y][x][channel].
 *
 * @param data memory
 * @param offset first value of the images
 * @param geometry how the patches lie
 */
record PatchRows(float[] data, int offset, PatchGeometry geometry) implements RowSource {
    @Override
    public int width() {
        return geometry.patchValues();
    }

    @Override
    public void copy(int row, int from, int count, float[] to, int at) {
        int segment = geometry.segment();
        int column = from;
        int left = count;
        while (left > 0) {
            int y = column / segment;
            int x = column - y * segment;
            int piece = Math.min(left, segment - x);
            System.arraycopy(data, offset + geometry.position(row, y) + x, to, at + column - from, piece);
            column += piece;
            left -= piece;
        }
    }
}
