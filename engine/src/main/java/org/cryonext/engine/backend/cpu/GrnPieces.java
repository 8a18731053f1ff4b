package org.cryonext.engine.backend.cpu;

/**
 * How the positions of a sample are cut where sums over them are taken: as the products before and behind are cut into tiles,
 * so that the sums are the same whether they are taken there or on their own.
 *
 * @param positions of a sample
 */
record GrnPieces(int positions) {
    private RowChunks panels() {
        int panels = RowPanels.of(positions).count();
        return new RowChunks(panels, Math.ceilDiv(panels, RowPanels.MOST));
    }

    /** Number of pieces. */
    int count() {
        return panels().count();
    }

    /** First position of a piece. */
    int start(int piece) {
        return RowPanels.of(positions).start(panels().start(piece));
    }

    /** Number of positions of a piece. */
    int size(int piece) {
        return start(piece + 1) - start(piece);
    }

    /** Panels of the largest piece. */
    int mostPanels() {
        return Math.ceilDiv(panels().rows(), panels().count());
    }
}
