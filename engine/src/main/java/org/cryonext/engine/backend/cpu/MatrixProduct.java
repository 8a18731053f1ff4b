package org.cryonext.engine.backend.cpu;

/**
 * y[rows, columns] = a[rows, depth] b[depth, columns] + bias, b and bias packed.
 *
 * <p>A task copies a tile of rows of a into panels that stay in the second-level cache and runs over panels of b, each
 * of which stays in the first-level cache while all rows of the tile pass. Long sums are cut every
 * {@link GemmMicrokernels#DEPTH}; where they are cut depends on the depth alone, so every value of y is the same
 * whatever the tiles and threads.
 */
final class MatrixProduct {
    /** Panels of b a task has at least, lest copying a costs more than multiplying. */
    private static final int LEAST_PANELS = 4;

    private static final int WIDTH = GemmMicrokernels.COLUMNS;

    private final RowPanels panels;
    private final PackedMatrix right;
    private final CpuPool pool;
    private final DepthBlocks cuts;
    private final int blocks;
    private final int height;
    private final int lowHeight;
    private final int tileRows;
    private final RowChunks tiles;
    private final int rowTiles;
    private final int columnTiles;
    private final GemmMicrokernel highKernel;
    private final GemmMicrokernel lowKernel;

    MatrixProduct(int rows, PackedMatrix right, CpuPool pool) {
        panels = RowPanels.of(rows);
        this.right = right;
        this.pool = pool;
        cuts = new DepthBlocks(right.depth());
        blocks = cuts.count();
        height = panels.height();
        lowHeight = panels.lowHeight();
        int panelFloats = GemmMicrokernels.ROWS * GemmMicrokernels.DEPTH * blocks;
        int most = Math.clamp(pool.caches().tileFloats() / panelFloats, 4, RowPanels.MOST);
        int least = Math.ceilDiv(panels.count(), most);
        // As many for each thread where they are few, and of equal size.
        int shared = least < 8 * pool.size() ? Math.ceilDiv(least, pool.size()) * pool.size() : least;
        tiles = new RowChunks(panels.count(), Math.min(panels.count(), least > 1 ? shared : 1));
        tileRows = Math.ceilDiv(panels.count(), tiles.count()) * height;
        rowTiles = tiles.count();
        int wanted = pool.size() == 1 ? 1 : Math.ceilDiv(4 * pool.size(), rowTiles);
        columnTiles = Math.clamp(wanted, 1, Math.max(1, right.panels() / LEAST_PANELS));
        highKernel = GemmMicrokernels.byRows(height);
        lowKernel = GemmMicrokernels.byRows(panels.lowHeight());
    }

    /** Scratch memory in floats, for all workers. */
    int scratchFloats() {
        return Math.multiplyExact(pool.size(), workerFloats());
    }

    private int workerFloats() {
        return leftFloats() + tileRows * WIDTH;
    }

    private int leftFloats() {
        return tileRows * GemmMicrokernels.DEPTH * blocks;
    }

    /** A product bound to its memory. */
    CpuPool.Body bind(RowSource a, float[] b, int bOffset, TileSink sink, float[] scratch, int scratchOffset) {
        return (task, worker) -> tile(task, a, b, bOffset, sink, scratch, scratchOffset + worker * workerFloats());
    }

    /** Number of tasks of a bound product. */
    int tasks() {
        return rowTiles * columnTiles;
    }

    private void tile(int task, RowSource a, float[] b, int bOffset, TileSink sink, float[] scratch, int at) {
        int tile = task / columnTiles;
        int firstRow = panels.start(tiles.start(tile));
        int count = panels.start(tiles.start(tile + 1)) - firstRow;
        int part = task % columnTiles;
        int firstPanel = (int) ((long) right.panels() * part / columnTiles);
        int endPanel = (int) ((long) right.panels() * (part + 1) / columnTiles);
        copyLeft(a, firstRow, count, scratch, at);
        for (int panel = firstPanel; panel < endPanel; panel++) {
            if (blocks == 1) {
                lastBlock(panel, 0, firstRow, count, b, bOffset, right.bias(panel), 0, sink, scratch, at);
                continue;
            }
            for (int block = 0; block < blocks - 1; block++) {
                innerBlock(panel, block, count, b, bOffset, scratch, at);
            }
            lastBlock(panel, blocks - 1, firstRow, count, b, bOffset, -1, WIDTH, sink, scratch, at);
        }
    }

    private void copyLeft(RowSource a, int firstRow, int count, float[] scratch, int at) {
        for (int block = 0; block < blocks; block++) {
            int from = cuts.start(block);
            int depth = cuts.length(block);
            int high = panels.high(count);
            int start = 0;
            for (int p = 0; start < count; p++) {
                int panelRows = p < high ? height : lowHeight;
                int to = at + left(start, panelRows, block);
                for (int r = 0; r < panelRows; r++) {
                    a.copy(firstRow + start + r, from, depth, scratch, to + r * GemmMicrokernels.DEPTH);
                }
                start += panelRows;
            }
        }
    }

    /** Where a block of a panel begins: panels lie behind each other, each cut into blocks. */
    private int left(int start, int panelRows, int block) {
        return (start * blocks + block * panelRows) * GemmMicrokernels.DEPTH;
    }

    /** Adds a block of the sums of a panel to those kept in scratch memory, which begin with the bias. */
    private void innerBlock(int panel, int block, int count, float[] b, int bOffset, float[] scratch, int at) {
        int bAt = bOffset + right.panel(panel) + cuts.start(block) * WIDTH;
        int depth = cuts.length(block);
        int sums = at + leftFloats();
        boolean first = block == 0;
        int high = panels.high(count);
        int start = 0;
        for (int p = 0; start < count; p++) {
            int panelRows = p < high ? height : lowHeight;
            int leftAt = at + left(start, panelRows, block);
            int sum = sums + start * WIDTH;
            float[] init = first ? b : scratch;
            int initAt = first ? bOffset + right.bias(panel) : sum;
            int initStride = first ? 0 : WIDTH;
            (p < high ? highKernel : lowKernel)
                    .run(scratch, leftAt, b, bAt, depth, init, initAt, initStride, scratch, sum, WIDTH);
            start += panelRows;
        }
    }

    private void lastBlock(
            int panel,
            int block,
            int firstRow,
            int count,
            float[] b,
            int bOffset,
            int bias,
            int initStride,
            TileSink sink,
            float[] scratch,
            int at) {
        int depth = cuts.length(block);
        int bAt = bOffset + right.panel(panel) + cuts.start(block) * WIDTH;
        int sums = at + leftFloats();
        int column = panel * WIDTH;
        int columns = Math.min(WIDTH, right.columns() - column);
        float[] init = initStride == 0 ? b : scratch;
        int high = panels.high(count);
        int start = 0;
        for (int p = 0; start < count; p++) {
            GemmMicrokernel kernel = p < high ? highKernel : lowKernel;
            int panelRows = p < high ? height : lowHeight;
            int row = firstRow + start;
            int sum = sums + start * WIDTH;
            int initAt = initStride == 0 ? bOffset + bias : sum;
            int leftAt = at + left(start, panelRows, block);
            start += panelRows;
            if (sink instanceof DenseSink dense && columns == WIDTH) {
                int to = dense.offset() + row * dense.width() + column;
                kernel.run(scratch, leftAt, b, bAt, depth, init, initAt, initStride, dense.data(), to, dense.width());
            } else {
                kernel.run(scratch, leftAt, b, bAt, depth, init, initAt, initStride, scratch, sum, WIDTH);
                sink.store(scratch, sum, row, panelRows, column, columns);
            }
        }
    }
}
