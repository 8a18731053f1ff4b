package org.cryonext.engine.backend.cpu;

/**
 * Rows in panels, each of which the microkernel takes at once. The first ones have the full height, those behind them are a row
 * shorter, so that no row is padding: of the 196 positions of ConvNeXt's third stage nine panels have 12 and eight have 11.
 *
 * @param rows at least 1
 * @param height of a full panel
 */
record RowPanels(int rows, int height) {
    /** Panels a task has at most, so that what it works on stays in the second-level cache. */
    static final int MOST = 17;

    /** As few panels as there can be, of heights as equal as can be. */
    static RowPanels of(int rows) {
        int count = Math.ceilDiv(rows, GemmMicrokernels.ROWS);
        // Of many panels a few are shorter anyway: they need no kernels of other heights.
        return new RowPanels(rows, count > 20 ? GemmMicrokernels.ROWS : Math.ceilDiv(rows, count));
    }

    /** Number of panels. */
    int count() {
        return Math.ceilDiv(rows, height);
    }

    /** Number of panels of the full height. */
    int tall() {
        return tall(rows, height);
    }

    /** Of {@code rows} rows, those of some panels that follow each other, how many panels have the full height. */
    static int tall(int rows, int height) {
        return rows - Math.ceilDiv(rows, height) * (height - 1);
    }

    /** First row of a panel; that of the one behind the last is the number of rows. */
    int start(int panel) {
        return panel * height - Math.max(0, panel - tall());
    }

    /** The kernel of the full panels. */
    GemmMicrokernel tallKernel() {
        return GemmMicrokernels.byRows(height);
    }

    /** The kernel of the shorter panels; without any it is that of the full ones, so that none is compiled in vain. */
    GemmMicrokernel shortKernel() {
        return GemmMicrokernels.byRows(tall() == count() ? height : height - 1);
    }
}
