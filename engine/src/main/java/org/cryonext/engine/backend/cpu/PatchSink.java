package org.cryonext.engine.backend.cpu;

/**
 * Puts the rows of a product back where the patches of images lie.
 *
 * @param data memory
 * @param offset first value of the images
 * @param geometry how the patches lie
 */
record PatchSink(float[] data, int offset, PatchGeometry geometry) implements TileSink {
    @Override
    public void store(float[] tile, int at, int row, int rows, int column, int columns) {
        int segment = geometry.segment();
        for (int r = 0; r < rows; r++) {
            int done = 0;
            while (done < columns) {
                int y = (column + done) / segment;
                int x = column + done - y * segment;
                int piece = Math.min(columns - done, segment - x);
                int source = at + r * GemmMicrokernels.COLUMNS + done;
                System.arraycopy(tile, source, data, offset + geometry.position(row + r, y) + x, piece);
                done += piece;
            }
        }
    }
}
