package org.cryonext.engine.backend.cpu;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The gradient of a weight: c[n, k] = sum over rows m of a[m, n] b[m, k], and on request the column sums of a, the
 * gradient of a bias.
 *
 * <p>Rows are taken some hundred at a time: all workers copy them into panels, then all multiply these, each its own
 * part of c. The order of every sum depends on the number of rows alone.
 */
final class OuterProduct {
    private static final VectorSpecies<Float> SPECIES = CpuSpecies.SPECIES;
    private static final int WIDTH = GemmMicrokernels.COLUMNS;
    private static final int HEIGHT = GemmMicrokernels.ROWS;
    private static final int STEP = GemmMicrokernels.STEP;

    /** Floats of the panels of all rows taken at a time: about what the second-level cache holds. */
    private static final int STRIP_FLOATS = 2 << 18;

    /** Rows copied by a task. */
    private static final int CHUNK = 32;

    /** Keeps panels from beginning at one and the same set of the cache. */
    private static final int PAD = 16;

    private final int rows;
    private final int columnsA;
    private final int columnsB;
    private final CpuPool pool;
    private final int blocks;
    private final int blockRows;
    private final int stripBlocks;
    private final int panelsA;
    private final int panelsB;
    private final int tileA;
    private final int tileB;
    private final int tilesB;
    private final GemmMicrokernel kernel = GemmMicrokernels.bySteps(HEIGHT);

    OuterProduct(int rows, int columnsA, int columnsB, CpuPool pool) {
        this.rows = rows;
        this.columnsA = columnsA;
        this.columnsB = columnsB;
        this.pool = pool;
        blocks = Math.ceilDiv(rows, GemmMicrokernels.DEPTH);
        blockRows = Math.ceilDiv(rows, blocks);
        panelsA = Math.ceilDiv(columnsA, HEIGHT);
        panelsB = Math.ceilDiv(columnsB, WIDTH);
        int rowFloats = panelsA * STEP + panelsB * WIDTH;
        stripBlocks = Math.clamp(STRIP_FLOATS / ((long) rowFloats * blockRows), 1, Math.min(8, blocks));
        int sizeA = 16;
        int sizeB = 8;
        int wanted = pool.size() == 1 ? 1 : 4 * pool.size();
        while (Math.ceilDiv(panelsA, sizeA) * Math.ceilDiv(panelsB, sizeB) < wanted && sizeA + sizeB > 4) {
            if (sizeA >= sizeB) {
                sizeA /= 2;
            } else {
                sizeB /= 2;
            }
        }
        tileA = sizeA;
        tileB = sizeB;
        tilesB = Math.ceilDiv(panelsB, tileB);
    }

    /** Scratch memory in floats, for all workers. */
    int scratchFloats() {
        long total = (long) panelsA * strideA()
                + (long) panelsB * strideB()
                + (long) stripChunks() * columnsA
                + WIDTH
                + (long) pool.size() * workerFloats();
        return Math.toIntExact(total);
    }

    private int stripRows() {
        return stripBlocks * blockRows;
    }

    private int stripChunks() {
        return Math.ceilDiv(stripRows(), CHUNK);
    }

    private int strideA() {
        return stripRows() * STEP + PAD;
    }

    private int strideB() {
        return stripRows() * WIDTH + PAD;
    }

    private int workerFloats() {
        return Math.max(columnsB, HEIGHT * WIDTH);
    }

    /**
     * Binds the operands.
     *
     * @param sums where the column sums of a go, or null
     */
    Bound bind(
            RowSource a, RowSource b, float[] c, int cOffset, float[] sums, int sumsOffset, float[] scratch, int at) {
        return new Bound(a, b, c, cOffset, sums, sumsOffset, scratch, at);
    }

    /** Operands and memory of one product. */
    final class Bound {
        private final RowSource a;
        private final RowSource b;
        private final float[] c;
        private final int cOffset;
        private final float[] sums;
        private final int sumsOffset;
        private final float[] scratch;
        private final int panelsAt;
        private final int panelsBt;
        private final int partialAt;
        private final int zeroAt;
        private final int workerAt;
        private final CpuPool.Body copy = this::copyChunk;
        private final CpuPool.Body multiply = this::multiplyTile;
        private int stripFirst;
        private int stripCount;

        private Bound(
                RowSource a,
                RowSource b,
                float[] c,
                int cOffset,
                float[] sums,
                int sumsOffset,
                float[] scratch,
                int at) {
            this.a = a;
            this.b = b;
            this.c = c;
            this.cOffset = cOffset;
            this.sums = sums;
            this.sumsOffset = sumsOffset;
            this.scratch = scratch;
            panelsAt = at;
            panelsBt = panelsAt + panelsA * strideA();
            partialAt = panelsBt + panelsB * strideB();
            zeroAt = partialAt + stripChunks() * columnsA;
            workerAt = zeroAt + WIDTH;
        }

        /** Computes c, and the column sums of a if asked for. */
        void run() {
            Arrays.fill(scratch, zeroAt, zeroAt + WIDTH, 0);
            for (stripFirst = 0; stripFirst < rows; stripFirst += stripRows()) {
                stripCount = Math.min(stripRows(), rows - stripFirst);
                pool.parallel(Math.ceilDiv(stripCount, CHUNK), copy);
                pool.parallel(Math.ceilDiv(panelsA, tileA) * tilesB, multiply);
            }
        }

        private void copyChunk(int chunk, int worker) {
            int first = chunk * CHUNK;
            int end = Math.min(stripCount, first + CHUNK);
            int rowAt = workerAt + worker * workerFloats();
            for (int m = first; m < end; m++) {
                switch (a) {
                    case DenseRows d -> splitA(d.data(), d.offset() + (stripFirst + m) * columnsA, m);
                    case PatchRows p -> {
                        p.copy(stripFirst + m, 0, columnsA, scratch, rowAt);
                        splitA(scratch, rowAt, m);
                    }
                }
                switch (b) {
                    case DenseRows d -> splitB(d.data(), d.offset() + (stripFirst + m) * columnsB, m);
                    case PatchRows p -> {
                        p.copy(stripFirst + m, 0, columnsB, scratch, rowAt);
                        splitB(scratch, rowAt, m);
                    }
                }
            }
            if (sums != null && a instanceof DenseRows d) {
                int partial = partialAt + chunk * columnsA;
                int from = d.offset() + (stripFirst + first) * columnsA;
                ColumnSums.of(d.data(), from, end - first, columnsA, scratch, partial);
            }
        }

        private void splitA(float[] row, int at, int m) {
            split(row, at, columnsA, HEIGHT, STEP, panelsAt + m * STEP, strideA());
        }

        private void splitB(float[] row, int at, int m) {
            split(row, at, columnsB, WIDTH, WIDTH, panelsBt + m * WIDTH, strideB());
        }

        /** Deals a row out over panels; values between {@code used} and {@code step} are never read. */
        private void split(float[] row, int at, int count, int used, int step, int to, int stride) {
            int column = 0;
            int target = to;
            for (; column + step <= count; column += used, target += stride) {
                for (int i = 0; i < step; i += CpuSpecies.LENGTH) {
                    FloatVector.fromArray(SPECIES, row, at + column + i).intoArray(scratch, target + i);
                }
            }
            for (; column < count; column += used, target += stride) {
                int left = Math.min(used, count - column);
                System.arraycopy(row, at + column, scratch, target, left);
                Arrays.fill(scratch, target + left, target + step, 0);
            }
        }

        private void multiplyTile(int tile, int worker) {
            int firstA = tile / tilesB * tileA;
            int endA = Math.min(panelsA, firstA + tileA);
            int firstB = tile % tilesB * tileB;
            int endB = Math.min(panelsB, firstB + tileB);
            for (int from = 0; from < stripCount; from += blockRows) {
                int depth = Math.min(blockRows, stripCount - from);
                for (int j = firstB; j < endB; j++) {
                    for (int i = firstA; i < endA; i++) {
                        multiplyPanels(i, j, from, depth, worker);
                    }
                }
            }
            if (sums != null && firstB == 0) {
                addSums(firstA * HEIGHT, Math.min(columnsA, endA * HEIGHT));
            }
        }

        private void multiplyPanels(int i, int j, int from, int depth, int worker) {
            int aAt = panelsAt + i * strideA() + from * STEP;
            int bAt = panelsBt + j * strideB() + from * WIDTH;
            int cAt = cOffset + i * HEIGHT * columnsB + j * WIDTH;
            int used = Math.min(HEIGHT, columnsA - i * HEIGHT);
            int columns = Math.min(WIDTH, columnsB - j * WIDTH);
            boolean first = stripFirst + from == 0;
            if (used == HEIGHT && columns == WIDTH) {
                float[] init = first ? scratch : c;
                int initAt = first ? zeroAt : cAt;
                int initStride = first ? 0 : columnsB;
                kernel.run(scratch, aAt, scratch, bAt, depth, init, initAt, initStride, c, cAt, columnsB);
                return;
            }
            int tileAt = workerAt + worker * workerFloats();
            kernel.run(scratch, aAt, scratch, bAt, depth, scratch, zeroAt, 0, scratch, tileAt, WIDTH);
            for (int r = 0; r < used; r++) {
                for (int column = 0; column < columns; column++) {
                    int to = cAt + r * columnsB + column;
                    float value = scratch[tileAt + r * WIDTH + column];
                    c[to] = first ? value : value + c[to];
                }
            }
        }

        private void addSums(int from, int to) {
            int chunks = Math.ceilDiv(stripCount, CHUNK);
            for (int n = from; n < to; n++) {
                float sum = 0;
                for (int chunk = 0; chunk < chunks; chunk++) {
                    sum += scratch[partialAt + chunk * columnsA + n];
                }
                sums[sumsOffset + n] = stripFirst == 0 ? sum : sum + sums[sumsOffset + n];
            }
        }
    }
}
