package org.cryonext.engine.backend.cuda;

import org.cryonext.engine.backend.Kernel;
import org.cryonext.engine.backend.cuda.driver.Grid;
import org.cryonext.engine.tensor.DType;

/**
 * How kernels over rows of channels are launched: lanes of a block take neighbouring channels, by vectors of 16 bytes where
 * the number of channels is a multiple of one; rows of a block take rows. See {@code columns.cuh}.
 *
 * @param dtype element type
 * @param channels number of channels
 */
record Columns(DType dtype, int channels) {
    static final int THREADS = 256;

    private static final int LANES = 32;

    static Columns of(CudaBlock block) {
        return new Columns(block.dtype(), block.channels());
    }

    /** Whether lanes take vectors, else single channels. */
    boolean vectors() {
        return channels % (16 / dtype.bytes()) == 0;
    }

    private int vectorsOfRow() {
        return vectors() ? channels / (16 / dtype.bytes()) : channels;
    }

    /** Threads that share a row: a power of two, so that they can add by shuffles. */
    int lanes() {
        int vectors = Math.min(LANES, vectorsOfRow());
        return vectors == 1 ? 1 : Integer.highestOneBit(vectors - 1) * 2;
    }

    /** Vectors of a row that a lane takes, rounded up to a power of two. */
    int vectorsOfLane() {
        int each = Math.ceilDiv(vectorsOfRow(), lanes());
        return each == 1 ? 1 : Integer.highestOneBit(each - 1) * 2;
    }

    /** Rows that a block takes at a time. */
    int rows() {
        return THREADS / lanes();
    }

    /** Blocks side by side that all channels take. */
    int across() {
        return Math.ceilDiv(vectorsOfRow(), lanes());
    }

    /** Blocks that a number of rows takes, if each takes several rows at a time one after another. */
    int blocks(long rows, int times, int most) {
        return Math.clamp(Math.ceilDiv(rows, (long) rows() * times), 1, most);
    }

    /** The function for this type and number of channels. */
    KernelFunction function(CudaKernels kernels, String source, String name) {
        return kernels.function(source, name + (vectors() ? "_" : "_odd_") + CudaKernels.suffix(dtype));
    }

    /** Blocks by the grid's first and last dimension. */
    Grid grid(long x, int z) {
        return new Grid(Math.toIntExact(x), across(), z, lanes(), rows(), 1, 0);
    }

    /**
     * Adds partial sums, which lie row by row, in the order of the rows.
     *
     * @param first receives the first {@code split} columns, 0 for nothing
     * @param second receives the others
     */
    static Kernel.Step sum(
            CudaKernels kernels, long partial, long first, long second, int rows, long columns, long split) {
        Grid grid = new Grid(Math.toIntExact(Math.ceilDiv(columns, 32L)), 1, 1, 32, 8, 1, 0);
        return kernels.function("column_sums", "column_sums")
                .launch(grid, partial, first, second, rows, columns, split);
    }
}
