package org.cryonext.engine.backend.cpu;

import java.util.Arrays;

/**
 * The parts of an MLP for a tile of rows, all in one scratch array. Rows lie there in panels; the hidden values are made chunk
 * by chunk in the very layout in which the second product broadcasts them. Sums are cut and ordered as {@link MatrixProduct}
 * does it, so the bits are those of the operators one by one.
 *
 * @param shape sizes
 * @param panels how the rows of all tiles are cut
 * @param highKernel for high panels; looking for it makes an object
 * @param lowKernel for low panels
 * @param x the rows
 * @param norm normalises a row
 * @param normWeight its factors
 * @param normBias its summands
 * @param packed both weights
 * @param firstAt where the first begins
 * @param secondAt where the second begins
 * @param gelu of the hidden values, or null
 * @param affine takes what GELU is given, or null
 * @param sink takes the result
 * @param scratch memory of all parts
 */
record MlpTile(
        MlpShape shape,
        RowPanels panels,
        GemmMicrokernel highKernel,
        GemmMicrokernel lowKernel,
        CpuBlock x,
        LayerNormRows norm,
        CpuBlock normWeight,
        CpuBlock normBias,
        float[] packed,
        int firstAt,
        int secondAt,
        GeluPolynomial gelu,
        CpuBlock affine,
        TileSink sink,
        float[] scratch) {
    private static final int WIDTH = GemmMicrokernels.COLUMNS;
    private static final int DEPTH = GemmMicrokernels.DEPTH;

    /** Floats a worker needs to normalise. */
    static int normaliseFloats(MlpShape shape) {
        return LayerNormRows.WORKING + shape.channels();
    }

    /** Floats of a tile of normalised rows. */
    static int leftFloats(MlpShape shape, int rows) {
        return rows * DEPTH * shape.inputs().count();
    }

    /** Floats of a chunk of hidden values of a tile. */
    static int chunkFloats(int rows) {
        return rows * DEPTH;
    }

    /**
     * Normalises rows {@code row} to {@code row + rows} into panels, one behind the other, each cut into blocks of the sums.
     *
     * @param to where in the scratch memory
     * @param working {@link #normaliseFloats} floats
     */
    void normalise(int row, int rows, int to, int working) {
        DepthBlocks blocks = shape.inputs();
        int count = blocks.count();
        boolean direct = count == 1;
        int whole = working + LayerNormRows.WORKING;
        int high = panels.high(rows);
        int height = panels.height();
        int lowHeight = panels.lowHeight();
        int first = x.offset() + row * shape.channels();
        int panel = 0;
        int panelStart = 0;
        for (int r = 0; r < rows; r++) {
            int panelRows = panel < high ? height : lowHeight;
            int ofPanel = r - panelStart;
            int at = to + (panelStart * count + ofPanel) * DEPTH;
            int ofBlock = r % LayerNormRows.BLOCK;
            if (ofBlock == 0) {
                int together = Math.min(LayerNormRows.BLOCK, rows - r);
                norm.statistics(x.array(), first + r * shape.channels(), together, scratch, working);
            }
            norm.normalise(
                    x.array(),
                    first + r * shape.channels(),
                    normWeight.array(),
                    normWeight.offset(),
                    normBias.array(),
                    normBias.offset(),
                    scratch,
                    direct ? at : whole,
                    scratch,
                    working,
                    ofBlock);
            for (int block = 0; block < count && !direct; block++) {
                int part = at + block * panelRows * DEPTH;
                System.arraycopy(scratch, whole + blocks.start(block), scratch, part, blocks.length(block));
            }
            if (ofPanel == panelRows - 1) {
                panel++;
                panelStart = r + 1;
            }
        }
    }

    /**
     * Makes a chunk of the hidden values of a tile.
     *
     * @param row first row of the tile
     * @param left the normalised rows
     * @param to the chunk: rows {@link GemmMicrokernels#DEPTH} apart
     * @param sums {@code rows * WIDTH} floats
     * @param squares where the sum of each column's squares goes, or -1
     */
    void hidden(int row, int rows, int left, int chunk, int to, int sums, int squares) {
        // Everything that does not change is taken out of the loops: they run long before they are compiled.
        DepthBlocks blocks = shape.inputs();
        int count = blocks.count();
        int rowPanels = panels.count(rows);
        int high = panels.high(rows);
        int height = panels.height();
        int lowHeight = panels.lowHeight();
        PackedMatrix first = shape.first();
        int from = shape.chunks().start(chunk) / WIDTH;
        int width = shape.chunks().length(chunk);
        int end = Math.ceilDiv(shape.chunks().start(chunk) + width, WIDTH);
        if (squares >= 0) {
            Arrays.fill(scratch, squares, squares + width, 0);
        }
        for (int panel = from; panel < end; panel++) {
            int bias = firstAt + first.bias(panel);
            for (int block = 0; block < count; block++) {
                boolean last = block == count - 1;
                int length = blocks.length(block);
                int b = firstAt + first.panel(panel) + blocks.start(block) * WIDTH;
                int start = 0;
                for (int p = 0; p < rowPanels; p++) {
                    int panelRows = p < high ? height : lowHeight;
                    int sum = sums + start * WIDTH;
                    int values = to + start * DEPTH;
                    GemmMicrokernel kernel = p < high ? highKernel : lowKernel;
                    kernel.run(
                            scratch,
                            left + (start * count + block * panelRows) * DEPTH,
                            packed,
                            b,
                            length,
                            block == 0 ? packed : scratch,
                            block == 0 ? bias : sum,
                            block == 0 ? 0 : WIDTH,
                            scratch,
                            last ? values + (panel - from) * WIDTH : sum,
                            last ? DEPTH : WIDTH);
                    if (last && panel == end - 1) {
                        if (affine != null) {
                            storeAffine(
                                    values,
                                    row + start,
                                    panelRows,
                                    shape.chunks().start(chunk),
                                    width);
                        }
                        activate(values, panelRows, (end - from) * WIDTH);
                        if (squares >= 0) {
                            RowProducts.addSquares(scratch, values, panelRows, DEPTH, width, scratch, squares);
                        }
                    }
                    start += panelRows;
                }
            }
        }
    }

    private void storeAffine(int at, int row, int rows, int column, int width) {
        for (int r = 0; r < rows; r++) {
            int to = affine.offset() + (row + r) * shape.hidden() + column;
            System.arraycopy(scratch, at + r * DEPTH, affine.array(), to, width);
        }
    }

    private void activate(int at, int rows, int width) {
        if (gelu == null) {
            return;
        }
        if (width == DEPTH) {
            gelu.values(scratch, at, scratch, at, rows * DEPTH);
            return;
        }
        for (int r = 0; r < rows; r++) {
            gelu.values(scratch, at + r * DEPTH, scratch, at + r * DEPTH, width);
        }
    }

    /**
     * Adds a chunk's part of the second product, and hands the sums on when it is the last.
     *
     * @param chunk number of the chunk, 0 first
     * @param hidden its values, as {@link #hidden} leaves them
     * @param row first row of the tile
     * @param firstPanel of the second weight
     * @param endPanel of the second weight, exclusive
     * @param sums {@code rows * WIDTH} floats for each of these panels, kept from chunk to chunk
     */
    void project(int chunk, int hidden, int row, int rows, int firstPanel, int endPanel, int sums) {
        DepthBlocks chunks = shape.chunks();
        PackedMatrix second = shape.second();
        boolean last = chunk == chunks.count() - 1;
        int start = chunks.start(chunk);
        int length = chunks.length(chunk);
        int rowPanels = panels.count(rows);
        int high = panels.high(rows);
        int height = panels.height();
        int lowHeight = panels.lowHeight();
        for (int panel = firstPanel; panel < endPanel; panel++) {
            int b = secondAt + second.panel(panel) + start * WIDTH;
            int bias = secondAt + second.bias(panel);
            int column = panel * WIDTH;
            int panelStart = 0;
            for (int p = 0; p < rowPanels; p++) {
                int panelRows = p < high ? height : lowHeight;
                int sum = sums + ((panel - firstPanel) * rows + panelStart) * WIDTH;
                GemmMicrokernel kernel = p < high ? highKernel : lowKernel;
                kernel.run(
                        scratch,
                        hidden + panelStart * DEPTH,
                        packed,
                        b,
                        length,
                        chunk == 0 ? packed : scratch,
                        chunk == 0 ? bias : sum,
                        chunk == 0 ? 0 : WIDTH,
                        scratch,
                        sum,
                        WIDTH);
                if (last) {
                    int columns = Math.min(WIDTH, shape.channels() - column);
                    sink.store(scratch, sum, row + panelStart, panelRows, column, columns);
                }
                panelStart += panelRows;
            }
        }
    }
}
