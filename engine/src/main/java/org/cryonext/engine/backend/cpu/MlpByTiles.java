package org.cryonext.engine.backend.cpu;

import org.cryonext.engine.backend.Kernel;

/**
 * An MLP whose hidden values never leave the second-level cache: a task takes a tile of rows through all of it. For rows that
 * do not depend on each other, and as many that every thread has tiles of its own.
 */
final class MlpByTiles {
    private static final int FAIR_PANELS = 9;

    /** Panels of rows that each thread has at least, lest one waits for another's last tile. */
    static final int LEAST_PANELS = 12;

    private final MlpShape shape;
    private final RowPanels panels;
    private final RowChunks tiles;
    private final CpuPool pool;

    MlpByTiles(MlpShape shape, CpuPool pool) {
        this.shape = shape.joined();
        this.pool = pool;
        panels = RowPanels.of(this.shape.positions());
        int panelFloats = panels.height()
                * (GemmMicrokernels.DEPTH * (shape.inputs().count() + 1)
                        + shape.second().panels() * GemmMicrokernels.COLUMNS);
        // Of fewer panels a tile reads the weights too often: rather it takes up to twice as much of the cache.
        int tileFloats = pool.caches().tileFloats();
        int fair = Math.max(tileFloats / panelFloats, Math.min(FAIR_PANELS, 2 * tileFloats / panelFloats));
        int most = Math.clamp(fair, 4, RowPanels.MOST);
        int least = Math.ceilDiv(panels.count(), most);
        // As many for each thread, and of equal size.
        tiles = new RowChunks(panels.count(), Math.min(panels.count(), Math.ceilDiv(least, pool.size()) * pool.size()));
    }

    private int tileRows() {
        return Math.ceilDiv(panels.count(), tiles.count()) * panels.height();
    }

    private int sumFloats() {
        return tileRows() * GemmMicrokernels.COLUMNS * shape.second().panels();
    }

    private int partialFloats() {
        return tileRows() * GemmMicrokernels.COLUMNS;
    }

    private int workerFloats() {
        return MlpTile.leftFloats(shape, tileRows())
                + MlpTile.chunkFloats(tileRows())
                + partialFloats()
                + sumFloats()
                + MlpTile.normaliseFloats(shape);
    }

    /** Scratch memory in floats. */
    int scratchFloats() {
        return Math.multiplyExact(pool.size(), workerFloats());
    }

    /** A run, with scratch memory from {@code at} on. */
    Kernel.Step bind(MlpTile tile, int at) {
        int chunks = shape.chunks().count();
        int outputs = shape.second().panels();
        CpuPool.Body body = (task, worker) -> {
            int left = at + worker * workerFloats();
            int hidden = left + MlpTile.leftFloats(shape, tileRows());
            int partial = hidden + MlpTile.chunkFloats(tileRows());
            int sums = partial + partialFloats();
            int row = panels.start(tiles.start(task));
            int rows = panels.start(tiles.start(task + 1)) - row;
            tile.normalise(row, rows, left, sums + sumFloats());
            for (int chunk = 0; chunk < chunks; chunk++) {
                tile.hidden(row, rows, left, chunk, hidden, partial, -1);
                tile.project(chunk, hidden, row, rows, 0, outputs, sums);
            }
        };
        return () -> pool.parallel(tiles.count(), body);
    }
}
