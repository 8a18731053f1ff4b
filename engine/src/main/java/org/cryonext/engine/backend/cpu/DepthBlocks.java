package org.cryonext.engine.backend.cpu;

/**
 * Where a product's sums are cut: into blocks of whole panels, no longer than {@link GemmMicrokernels#DEPTH}. The cuts depend
 * on the depth alone, so that every kernel that computes the product has the same bits.
 *
 * @param depth length of the sums
 */
record DepthBlocks(int depth) {
    /** Number of blocks. */
    int count() {
        return Math.ceilDiv(depth, size());
    }

    /** Length of every block but the last. */
    int size() {
        int blocks = Math.ceilDiv(depth, GemmMicrokernels.DEPTH);
        int even = Math.ceilDiv(depth, blocks);
        return Math.ceilDiv(even, GemmMicrokernels.COLUMNS) * GemmMicrokernels.COLUMNS;
    }

    /** Where a block begins. */
    int start(int block) {
        return block * size();
    }

    /** Length of a block. */
    int length(int block) {
        return Math.min(size(), depth - start(block));
    }
}
