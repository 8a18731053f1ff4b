package org.cryonext.engine.backend.cpu;

/**
 * Rows in as few panels as there can be, each of which the microkernel takes at once, and none of which has rows that are
 * padding. Panels have two heights at most, the higher ones first: a kernel is compiled for each height.
 *
 * @param rows of all panels, at least 1
 * @param height of the high panels
 * @param lowHeight of the low panels; that of the high ones where there are no others, so that no kernel is made in vain
 */
record RowPanels(int rows, int height, int lowHeight) {
    /** Panels a task has at most, so that what it works on stays in the second-level cache. */
    static final int MOST = 17;

    /** Rows that keep most of the arithmetic units busy, though each sum waits for the one before. */
    private static final int LEAST_ROWS = 3;

    /**
     * What is left over when all panels are as high as can be is a panel of its own if that pays. If it does not, all are about
     * equally high: the 49 positions of ConvNeXt's fourth stage make four panels of 10 and one of 9, where the microkernel
     * takes 12.
     */
    static RowPanels of(int rows) {
        int count = Math.ceilDiv(rows, GemmMicrokernels.ROWS);
        int left = rows - (count - 1) * GemmMicrokernels.ROWS;
        if (count == 1) {
            return new RowPanels(rows, rows, rows);
        }
        if (left >= LEAST_ROWS) {
            return new RowPanels(rows, GemmMicrokernels.ROWS, left);
        }
        int height = Math.ceilDiv(rows, count);
        return new RowPanels(rows, height, rows == count * height ? height : height - 1);
    }

    /** Number of panels. */
    int count() {
        return count(rows);
    }

    /** Number of panels among some that follow each other and have {@code some} rows together. */
    int count(int some) {
        return Math.ceilDiv(some, height);
    }

    /** Number of high panels. */
    int high() {
        return high(rows);
    }

    /** Number of high panels among some that follow each other and have {@code some} rows together. */
    int high(int some) {
        int panels = count(some);
        return height == lowHeight ? panels : panels - (panels * height - some) / (height - lowHeight);
    }

    /** First row of a panel; that of the one behind the last is the number of rows. */
    int start(int panel) {
        return panel * height - Math.max(0, panel - high()) * (height - lowHeight);
    }
}
