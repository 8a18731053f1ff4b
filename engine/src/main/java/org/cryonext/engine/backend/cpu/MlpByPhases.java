package org.cryonext.engine.backend.cpu;

import java.util.ArrayList;
import java.util.List;
import org.cryonext.engine.backend.Kernel;

/**
 * An MLP in phases, each of which shares all its work among the threads: all hidden values of some samples are made before any
 * is read. So it has to be where a Grn lies in between, and so few rows are enough for all threads. The samples of a group are
 * as many as the last-level cache holds.
 */
final class MlpByPhases {
    private final MlpShape shape;
    private final GrnFactors grn;
    private final CpuPool pool;
    private final GrnPieces tiles;
    private final int tileRows;
    private final int group;
    private final int chunkParts;

    /** @param grn what lies in between, or null */
    MlpByPhases(MlpShape shape, GrnFactors grn, CpuPool pool) {
        this.shape = grn == null ? shape.joined() : shape;
        this.grn = grn;
        this.pool = pool;
        tiles = new GrnPieces(this.shape.positions());
        tileRows = tiles.mostPanels() * RowPanels.of(this.shape.positions()).height();
        int threads = pool.size();
        int most = Math.clamp(pool.caches().groupFloats() / hiddenFloats(), 1, this.shape.samples());
        // As many for each thread.
        group = most > threads ? most / threads * threads : most;
        chunkParts = Math.min(shape.chunks().count(), Math.ceilDiv(8 * threads, group * tiles.count()));
    }

    /** Parts of a tile's output columns, so that the threads have equal shares; each part scales the hidden values anew. */
    private int columnParts(int samples) {
        int tasks = samples * tiles.count();
        int panels = shape.second().panels();
        for (int parts = 1; parts < panels; parts++) {
            if (tasks * parts % pool.size() == 0 || tasks * parts >= 8 * pool.size()) {
                return parts;
            }
        }
        return panels;
    }

    /** Whether a task makes all hidden values of a tile: then it normalises the tile itself, into its own memory. */
    private boolean whole() {
        return chunkParts == 1;
    }

    /** Floats of a sample's normalised rows; 0 where tasks have them in their own memory. */
    private int leftFloats() {
        return whole() ? 0 : Math.multiplyExact(tiles.count(), MlpTile.leftFloats(shape, tileRows));
    }

    /** Floats of a sample's hidden values. */
    private int hiddenFloats() {
        return Math.multiplyExact(
                tiles.count(), Math.multiplyExact(shape.chunks().count(), MlpTile.chunkFloats(tileRows)));
    }

    private int squareFloats() {
        return grn == null ? 0 : Math.multiplyExact(tiles.count(), shape.hidden());
    }

    private int workerFloats() {
        int left = whole() ? MlpTile.leftFloats(shape, tileRows) : 0;
        int hidden = left + Math.max(tileRows * GemmMicrokernels.COLUMNS, MlpTile.normaliseFloats(shape));
        int projected = MlpTile.chunkFloats(tileRows)
                + tileRows * GemmMicrokernels.COLUMNS * shape.second().panels();
        return Math.max(hidden, projected) + LaneSum.ROOM;
    }

    /** Scratch memory in floats. */
    int scratchFloats() {
        int sample = Math.addExact(Math.addExact(leftFloats(), hiddenFloats()), squareFloats());
        return Math.addExact(Math.multiplyExact(group, sample), Math.multiplyExact(pool.size(), workerFloats()));
    }

    /**
     * A run, with scratch memory from {@code at} on.
     *
     * @param gamma of the Grn, or null
     * @param beta of the Grn, or null
     */
    Kernel.Step bind(MlpTile tile, CpuBlock gamma, CpuBlock beta, int at) {
        List<Group> groups = new ArrayList<>();
        for (int first = 0; first < shape.samples(); first += group) {
            groups.add(new Group(first, Math.min(group, shape.samples() - first), tile, gamma, beta, at));
        }
        Group[] all = groups.toArray(new Group[0]);
        return () -> {
            for (Group each : all) {
                each.run();
            }
        };
    }

    /** Samples whose hidden values are in memory at the same time. */
    private final class Group {
        private final int first;
        private final int samples;
        private final MlpTile tile;
        private final CpuBlock gamma;
        private final CpuBlock beta;
        private final int leftAt;
        private final int hiddenAt;
        private final int squaresAt;
        private final int workersAt;
        private final int columnParts;
        private final CpuPool.Body normalise = this::normalise;
        private final CpuPool.Body hidden = this::hidden;
        private final CpuPool.Body combine = this::combine;
        private final CpuPool.Body project = this::project;

        Group(int first, int samples, MlpTile tile, CpuBlock gamma, CpuBlock beta, int at) {
            this.first = first;
            this.samples = samples;
            this.tile = tile;
            this.gamma = gamma;
            this.beta = beta;
            leftAt = at;
            hiddenAt = leftAt + group * leftFloats();
            squaresAt = hiddenAt + group * hiddenFloats();
            workersAt = squaresAt + group * squareFloats();
            columnParts = columnParts(samples);
        }

        void run() {
            int tasks = samples * tiles.count();
            if (!whole()) {
                pool.parallel(tasks, normalise);
            }
            pool.parallel(tasks * chunkParts, hidden);
            if (grn != null) {
                pool.parallel(samples, combine);
            }
            pool.parallel(tasks * columnParts, project);
        }

        private int row(int number) {
            return (first + number / tiles.count()) * shape.positions() + tiles.start(number % tiles.count());
        }

        private int rows(int number) {
            return tiles.size(number % tiles.count());
        }

        private int left(int number) {
            return leftAt + number * MlpTile.leftFloats(shape, tileRows);
        }

        private int chunk(int number, int chunk) {
            return hiddenAt + (number * shape.chunks().count() + chunk) * MlpTile.chunkFloats(tileRows);
        }

        private int worker(int worker) {
            return workersAt + worker * workerFloats();
        }

        private void normalise(int number, int worker) {
            tile.normalise(row(number), rows(number), left(number), worker(worker));
        }

        private void hidden(int task, int worker) {
            int number = task / chunkParts;
            int left = whole() ? worker(worker) : left(number);
            int working = whole() ? left + MlpTile.leftFloats(shape, tileRows) : worker(worker);
            int row = row(number);
            int rows = rows(number);
            if (whole()) {
                tile.normalise(row, rows, left, working);
            }
            RowChunks parts = new RowChunks(shape.chunks().count(), chunkParts);
            for (int chunk = parts.start(task % chunkParts); chunk < parts.start(task % chunkParts + 1); chunk++) {
                int squares = grn == null
                        ? -1
                        : squaresAt + number * shape.hidden() + shape.chunks().start(chunk);
                tile.hidden(row, rows, left, chunk, chunk(number, chunk), working, squares);
            }
        }

        /** The factors of a sample's hidden values, in the place of its first tile's sums. */
        private void combine(int sample, int worker) {
            float[] data = tile.scratch();
            int sums = squaresAt + sample * squareFloats();
            GrnFactors.total(data, sums, tiles.count(), shape.hidden());
            grn.forward(data, sums, gamma, data, worker(worker));
        }

        private void project(int task, int worker) {
            int number = task / columnParts;
            RowChunks parts = new RowChunks(shape.second().panels(), columnParts);
            int firstPanel = parts.start(task % columnParts);
            int endPanel = parts.start(task % columnParts + 1);
            int scaled = worker(worker);
            int sums = scaled + MlpTile.chunkFloats(tileRows);
            for (int chunk = 0; chunk < shape.chunks().count(); chunk++) {
                int values = chunk(number, chunk);
                if (grn != null) {
                    scale(number, chunk, values, scaled);
                    values = scaled;
                }
                tile.project(chunk, values, row(number), rows(number), firstPanel, endPanel, sums);
            }
        }

        private void scale(int number, int chunk, int from, int to) {
            float[] data = tile.scratch();
            int start = shape.chunks().start(chunk);
            int factors = squaresAt + number / tiles.count() * squareFloats() + start;
            int rows = rows(number);
            for (int r = 0; r < rows; r++) {
                int offset = r * GemmMicrokernels.DEPTH;
                Pointwise.affine(
                        data,
                        from + offset,
                        data,
                        factors,
                        beta.array(),
                        beta.offset() + start,
                        data,
                        to + offset,
                        shape.chunks().length(chunk));
            }
        }
    }
}
