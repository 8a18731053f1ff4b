package org.cryonext.engine.backend.cpu;

/**
 * Rows in panels of equal height, each of which the microkernel takes at once.
 *
 * @param rows at least 1
 */
record RowPanels(int rows) {
    /** Panels a task has at most, so that what it works on stays in the second-level cache. */
    static final int MOST = 17;

    /** Number of panels. */
    int count() {
        return Math.ceilDiv(rows, GemmMicrokernels.ROWS);
    }

    /** Rows of a panel: few rows are shared evenly, lest the last panel be mostly padding. */
    int height() {
        return count() > 20 ? GemmMicrokernels.ROWS : Math.ceilDiv(rows, count());
    }

    /** Floats of a panel as deep as the microkernel's longest sum. */
    int floats() {
        return height() * GemmMicrokernels.DEPTH;
    }
}
