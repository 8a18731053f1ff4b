package org.cryonext.engine.backend.cpu;

/** What becomes of a finished piece of a matrix product. */
interface TileSink {
    /**
     * Takes values of rows {@code row} to {@code row + rows} and columns {@code column} to {@code column + columns}.
     *
     * @param tile the values, rows {@link GemmMicrokernels#COLUMNS} apart from {@code at}; may be overwritten, and the
     *     columns beyond {@code columns} too
     */
    void store(float[] tile, int at, int row, int rows, int column, int columns);
}
