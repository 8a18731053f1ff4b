package org.cryonext.engine.backend.cpu;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The gradient of a weight: c[n, k] = sum over rows m of a[m, n] b[m, k], and on request the column sums of a, the
 * gradient of a bias.
 *
 * <p>A task makes a part of c from some hundred rows at a time, of which its second-level cache holds what it needs: a is read
 * where it lies, b is copied into panels. Where rows are many and c is small, tasks share the rows as well, in segments whose
 * sums are added in the end. The order of every sum depends on the sizes alone.
 */
final class OuterProduct {
    private static final VectorSpecies<Float> SPECIES = CpuSpecies.SPECIES;
    private static final int WIDTH = GemmMicrokernels.COLUMNS;

    /** Columns of a of a part at most, and of b: with some hundred rows they are half of the second-level cache. */
    private static final int MOST_A = 384;

    private static final int MOST_B = 192;

    /** Panels of a of a part at least, lest copying b costs more than multiplying. */
    private static final int LEAST_PANELS_A = 4;

    /** Segments at most, and blocks of rows of each at least. */
    private static final int MOST_SEGMENTS = 16;

    private static final int SEGMENT_BLOCKS = 8;

    /** Floats of all segments' sums at most. */
    private static final int SEGMENTS_FLOATS = 1 << 20;

    private final int columnsA;
    private final int columnsB;
    private final CpuPool pool;
    private final RowChunks blocks;
    private final RowChunks segments;
    private final RowPanels panelsA;
    private final int panelsB;
    private final RowChunks partsA;
    private final RowChunks partsB;
    /** Parts of c's rows in which the segments are added. */
    private final RowChunks shares;

    private final OuterMicrokernel highKernel;
    private final OuterMicrokernel lowKernel;

    OuterProduct(int rows, int columnsA, int columnsB, CpuPool pool) {
        this.columnsA = columnsA;
        this.columnsB = columnsB;
        this.pool = pool;
        blocks = new RowChunks(rows, Math.ceilDiv(rows, GemmMicrokernels.DEPTH));
        long inMemory = SEGMENTS_FLOATS / ((long) columnsA * columnsB);
        segments = RowChunks.of(blocks.count(), SEGMENT_BLOCKS, Math.clamp(inMemory, 1, MOST_SEGMENTS));
        panelsA = RowPanels.of(columnsA);
        panelsB = Math.ceilDiv(columnsB, WIDTH);
        int countA = Math.ceilDiv(columnsA, MOST_A);
        int countB = Math.ceilDiv(columnsB, MOST_B);
        int wanted = pool.size() == 1 ? 1 : 4 * pool.size();
        while (segments.count() * countA * countB < wanted) {
            boolean moreA = 2 * countA * LEAST_PANELS_A <= panelsA.count();
            boolean moreB = 2 * countB <= panelsB;
            if (!moreA && !moreB) {
                break;
            }
            if (moreA && (!moreB || columnsA / countA >= columnsB / countB)) {
                countA *= 2;
            } else {
                countB *= 2;
            }
        }
        partsA = new RowChunks(panelsA.count(), countA);
        partsB = new RowChunks(panelsB, countB);
        shares = new RowChunks(columnsA, Math.min(columnsA, 4 * pool.size()));
        highKernel = GemmMicrokernels.outer(panelsA.height());
        lowKernel = GemmMicrokernels.outer(panelsA.lowHeight());
    }

    /** Scratch memory in floats, for all workers. */
    int scratchFloats() {
        long total = WIDTH
                + (segments.count() - 1L) * ((long) columnsA * columnsB)
                + (long) segments.count() * columnsA
                + (long) pool.size() * workerFloats();
        return Math.toIntExact(total);
    }

    private int blockRows() {
        return Math.ceilDiv(blocks.rows(), blocks.count());
    }

    /** Columns of b that a part has at most, the last panel's padding included. */
    private int widthB() {
        return Math.ceilDiv(panelsB, partsB.count()) * WIDTH;
    }

    /** A worker's copy of some rows of b, a row of b and a tile of c. */
    private int workerFloats() {
        return (blockRows() + 1) * widthB() + panelsA.height() * WIDTH;
    }

    /**
     * Binds the operands.
     *
     * @param sums where the column sums of a go, or null
     */
    Bound bind(
            DenseRows a, RowSource b, float[] c, int cOffset, float[] sums, int sumsOffset, float[] scratch, int at) {
        return new Bound(a, b, c, cOffset, sums, sumsOffset, scratch, at);
    }

    /** Operands and memory of one product. */
    final class Bound {
        private final DenseRows a;
        private final RowSource b;
        private final float[] c;
        private final int cOffset;
        private final float[] sums;
        private final int sumsOffset;
        private final float[] scratch;
        private final int zeroAt;
        private final int segmentsAt;
        private final int segmentSumsAt;
        private final int workersAt;
        private final CpuPool.Body makePart = this::makePart;
        private final CpuPool.Body addSegments = this::addSegments;

        private Bound(
                DenseRows a,
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
            zeroAt = at;
            segmentsAt = zeroAt + WIDTH;
            segmentSumsAt = segmentsAt + (segments.count() - 1) * columnsA * columnsB;
            workersAt = segmentSumsAt + segments.count() * columnsA;
        }

        /** Computes c, and the column sums of a if asked for. */
        void run() {
            Arrays.fill(scratch, zeroAt, zeroAt + WIDTH, 0);
            pool.parallel(segments.count() * partsA.count() * partsB.count(), makePart);
            if (segments.count() > 1) {
                pool.parallel(shares.count(), addSegments);
            }
            if (sums != null) {
                ColumnSums.of(scratch, segmentSumsAt, segments.count(), columnsA, sums, sumsOffset);
            }
        }

        private int copy(int worker) {
            return workersAt + worker * workerFloats();
        }

        private int line(int worker) {
            return copy(worker) + blockRows() * widthB();
        }

        private int tile(int worker) {
            return line(worker) + widthB();
        }

        private void makePart(int task, int worker) {
            int parts = partsA.count() * partsB.count();
            int segment = task / parts;
            int partA = task % parts / partsB.count();
            int partB = task % partsB.count();
            for (int block = segments.start(segment); block < segments.start(segment + 1); block++) {
                boolean first = block == segments.start(segment);
                int row = blocks.start(block);
                int count = blocks.size(block);
                if (sums != null && partB == 0) {
                    addColumns(segment, partA, first, row, count);
                }
                copyPanels(partB, row, count, worker);
                multiply(segment, partA, partB, first, row, count, worker);
            }
        }

        /** Sums a part of some rows of a, which also fetches them for what follows. */
        private void addColumns(int segment, int part, boolean first, int row, int count) {
            int from = panelsA.start(partsA.start(part));
            int width = panelsA.start(partsA.start(part + 1)) - from;
            int to = segmentSumsAt + segment * columnsA + from;
            if (first) {
                Arrays.fill(scratch, to, to + width, 0);
            }
            ColumnSums.add(a.data(), a.offset() + row * columnsA + from, count, columnsA, width, scratch, to);
        }

        /** Copies a part of some rows of b into panels [row][column], one behind the other. */
        private void copyPanels(int part, int row, int count, int worker) {
            int from = partsB.start(part) * WIDTH;
            int used = Math.min(columnsB, partsB.start(part + 1) * WIDTH) - from;
            int to = copy(worker);
            int line = line(worker);
            for (int m = 0; m < count; m++) {
                switch (b) {
                    case DenseRows d -> {
                        int at = d.offset() + (row + m) * columnsB + from;
                        deal(d.data(), at, used, to + m * WIDTH, count);
                    }
                    case PatchRows p -> {
                        p.copy(row + m, from, used, scratch, line);
                        deal(scratch, line, used, to + m * WIDTH, count);
                    }
                }
            }
        }

        /** Deals a row out over panels, the last of which is filled with zeros. */
        private void deal(float[] row, int at, int used, int to, int rows) {
            int column = 0;
            int target = to;
            for (; column + WIDTH <= used; column += WIDTH, target += rows * WIDTH) {
                FloatVector.fromArray(SPECIES, row, at + column).intoArray(scratch, target);
                FloatVector.fromArray(SPECIES, row, at + column + CpuSpecies.LENGTH)
                        .intoArray(scratch, target + CpuSpecies.LENGTH);
            }
            if (column < used) {
                System.arraycopy(row, at + column, scratch, target, used - column);
                Arrays.fill(scratch, target + used - column, target + WIDTH, 0);
            }
        }

        private void multiply(int segment, int partA, int partB, boolean first, int row, int count, int worker) {
            float[] to = segment == 0 ? c : scratch;
            int toAt = segment == 0 ? cOffset : segmentsAt + (segment - 1) * columnsA * columnsB;
            int tile = tile(worker);
            int high = panelsA.high();
            int endA = partsA.start(partA + 1);
            for (int panelB = partsB.start(partB); panelB < partsB.start(partB + 1); panelB++) {
                int bAt = copy(worker) + (panelB - partsB.start(partB)) * count * WIDTH;
                int used = Math.min(WIDTH, columnsB - panelB * WIDTH);
                for (int panel = partsA.start(partA); panel < endA; panel++) {
                    OuterMicrokernel kernel = panel < high ? highKernel : lowKernel;
                    int column = panelsA.start(panel);
                    int aAt = a.offset() + row * columnsA + column;
                    int cAt = toAt + column * columnsB + panelB * WIDTH;
                    if (used == WIDTH) {
                        float[] init = first ? scratch : to;
                        int initAt = first ? zeroAt : cAt;
                        int initStride = first ? 0 : columnsB;
                        kernel.run(
                                a.data(),
                                aAt,
                                columnsA,
                                scratch,
                                bAt,
                                count,
                                init,
                                initAt,
                                initStride,
                                to,
                                cAt,
                                columnsB);
                    } else {
                        kernel.run(
                                a.data(), aAt, columnsA, scratch, bAt, count, scratch, zeroAt, 0, scratch, tile, WIDTH);
                        add(tile, panelsA.start(panel + 1) - column, used, first, to, cAt);
                    }
                }
            }
        }

        private void add(int tile, int rows, int used, boolean first, float[] to, int at) {
            for (int r = 0; r < rows; r++) {
                for (int column = 0; column < used; column++) {
                    int place = at + r * columnsB + column;
                    float value = scratch[tile + r * WIDTH + column];
                    to[place] = first ? value : value + to[place];
                }
            }
        }

        private void addSegments(int task, int worker) {
            int from = shares.start(task) * columnsB;
            int count = shares.size(task) * columnsB;
            for (int segment = 1; segment < segments.count(); segment++) {
                int at = segmentsAt + (segment - 1) * columnsA * columnsB + from;
                Pointwise.add(c, cOffset + from, scratch, at, c, cOffset + from, count);
            }
        }
    }
}
