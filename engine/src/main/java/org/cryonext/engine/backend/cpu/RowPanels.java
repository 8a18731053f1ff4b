package org.cryonext.engine.backend.cpu;

/**
 * Rows in as few panels as there can be, each of which the microkernel takes at once. The first ones have the full height, those
 * behind them are a row shorter, so that no row is padding: of the 196 positions of ConvNeXt's third stage nine panels have 12 and
 * eight have 11, where the microkernel takes 12.
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

    /** Rows of a full panel. */
    int height() {
        return Math.ceilDiv(rows, count());
    }

    /** Rows of the panels behind the full ones; the full height where there are none, so that no kernel is made in vain. */
    int shortHeight() {
        return tall() == count() ? height() : height() - 1;
    }

    /** Number of full panels. */
    int tall() {
        return tall(rows, height());
    }

    /**
     * Number of full panels among some that follow each other and have {@code rows} rows together. There are never as many
     * short ones as a panel has rows, so these tell how many panels there are.
     *
     * @param height rows of a full panel
     */
    static int tall(int rows, int height) {
        return rows - Math.ceilDiv(rows, height) * (height - 1);
    }

    /** First row of a panel; that of the one behind the last is the number of rows. */
    int start(int panel) {
        return panel * height() - Math.max(0, panel - tall());
    }
}
