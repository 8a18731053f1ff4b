package org.cryonext.engine.backend.cpu;

/** The rows of a matrix that is an operand of a product, wherever their values lie. */
sealed interface RowSource permits DenseRows, PatchRows {
    /** Number of columns. */
    int width();

    /** Copies columns {@code from} to {@code from + count} of a row to {@code to[at..]}. */
    void copy(int row, int from, int count, float[] to, int at);
}
