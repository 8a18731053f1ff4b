package org.cryonext.engine.backend.cuda;

import java.util.List;
import org.cryonext.engine.backend.cuda.driver.Architecture;

/**
 * The part of a product that one block of threads computes, as compiled into the kernels (gemm_shape.cuh).
 *
 * @param rows rows of the result
 * @param columns columns of the result
 */
record GemmTile(int rows, int columns) {
    static final GemmTile T256X128 = new GemmTile(256, 128);
    static final GemmTile T128X256 = new GemmTile(128, 256);
    static final GemmTile T128X128 = new GemmTile(128, 128);
    static final GemmTile T128X96 = new GemmTile(128, 96);
    static final GemmTile T128X64 = new GemmTile(128, 64);
    static final GemmTile T64X64 = new GemmTile(64, 64);
    static final GemmTile T32X32 = new GemmTile(32, 32);

    /** All for which there are kernels, for some product at least. */
    static final List<GemmTile> ALL = List.of(T256X128, T128X256, T128X128, T128X96, T128X64, T64X64, T32X32);

    private static final int WARP_THREADS = 32;

    /** Bytes along the sum of a tile on its way to tensor cores. */
    private static final int DEPTH_BYTES = 64;

    /** Values along the sum of a tile for plain arithmetic, and what its rows are padded by. */
    private static final int PLAIN_DEPTH = 16;

    private static final int PLAIN_PADDING = 4;
    private static final int FIRST_TO_COPY_BEHIND = 8;

    /** Threads of a block. */
    int threads(GemmArithmetic arithmetic, Architecture architecture) {
        if (arithmetic.tensorCores()) {
            return warpsDown() * warpsAcross(architecture) * WARP_THREADS;
        }
        int down = rows > 64 ? 8 : 4;
        int across = columns > 96 ? 8 : 4;
        return rows / down * (columns / across);
    }

    private int warpsAcross(Architecture architecture) {
        return columns < 256 && (copiesBehind(architecture) || rows * columns < 128 * 128) ? 2 : 4;
    }

    private int warpsDown() {
        return rows > 128 ? 4 : 2;
    }

    /** Whether it takes all registers of a multiprocessor. */
    boolean large() {
        return rows * columns > 128 * 128;
    }

    /** Whether a card copies from memory to shared memory by itself. */
    private static boolean copiesBehind(Architecture architecture) {
        return architecture.major() >= FIRST_TO_COPY_BEHIND;
    }

    /** Shared memory of a block: the operands' tiles, or afterwards 16 rows of each warp's results. */
    int sharedBytes(GemmArithmetic arithmetic, Architecture architecture) {
        if (!arithmetic.tensorCores()) {
            return 2 * PLAIN_DEPTH * (rows + columns + 2 * PLAIN_PADDING) * Float.BYTES;
        }
        int slots = !copiesBehind(architecture) ? 2 : large() ? 4 : 3;
        int operands = slots * (rows + columns) * DEPTH_BYTES;
        int across = warpsAcross(architecture);
        int results = warpsDown() * across * 16 * (columns / across + 8) * Float.BYTES;
        return Math.max(operands, results);
    }

    /** Tiles of a product. */
    long count(GemmShape shape) {
        return (long) Math.ceilDiv(shape.rows(), rows) * Math.ceilDiv(shape.columns(), columns);
    }

    /** As in the names of kernels, for instance {@code 128x96}. */
    @Override
    public String toString() {
        return rows + "x" + columns;
    }
}
