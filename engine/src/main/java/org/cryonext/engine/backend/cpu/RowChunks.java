package org.cryonext.engine.backend.cpu;

/**
 * Rows cut into pieces of nearly equal size; the cuts depend on nothing but these numbers, so sums over pieces are the
 * same on any number of threads.
 *
 * @param rows rows in all
 * @param count pieces
 */
record RowChunks(int rows, int count) {
    /** Pieces of at least {@code least} rows, but no more than {@code most} pieces. */
    static RowChunks of(int rows, int least, int most) {
        return new RowChunks(rows, Math.clamp(rows / least, 1, most));
    }

    /** First row of a piece. */
    int start(int chunk) {
        return (int) ((long) rows * chunk / count);
    }

    /** Number of rows of a piece. */
    int size(int chunk) {
        return start(chunk + 1) - start(chunk);
    }
}
