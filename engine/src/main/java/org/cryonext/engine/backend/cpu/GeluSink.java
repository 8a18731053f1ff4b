package org.cryonext.engine.backend.cpu;

/**
 * Applies GELU to a product before it goes on.
 *
 * @param gelu which form
 * @param next receives the result
 */
record GeluSink(GeluPolynomial gelu, TileSink next) implements TileSink {
    @Override
    public void store(float[] tile, int at, int row, int rows, int column, int columns) {
        // The whole width, padding included, in one go.
        gelu.values(tile, at, tile, at, rows * GemmMicrokernels.COLUMNS);
        next.store(tile, at, row, rows, column, columns);
    }
}
