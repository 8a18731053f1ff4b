package org.cryonext.engine.backend.reference;

import org.cryonext.engine.tensor.Shape;

/**
 * Counts through an index space, the last dimension fastest, and keeps the offset into each of several tensors: no
 * division an element. The innermost dimension is better a plain loop of the caller.
 */
final class Odometer {
    private final int[] dims;
    private final int[][] steps;
    private final int[] index;
    private final int[] at;

    /**
     * @param dims extents of the space
     * @param steps for each tensor how far apart its elements lie along each dimension; entries beyond the space's
     *     dimensions are not read
     */
    Odometer(int[] dims, int[]... steps) {
        this.dims = dims;
        this.steps = steps;
        this.index = new int[dims.length];
        this.at = new int[steps.length];
    }

    /** Offset into a tensor. */
    int at(int tensor) {
        return at[tensor];
    }

    /** Goes to the next index; after the last one to the first. */
    void next() {
        for (int d = dims.length - 1; d >= 0; d--) {
            index[d]++;
            boolean carry = index[d] == dims[d];
            int moved = carry ? 1 - dims[d] : 1;
            for (int t = 0; t < at.length; t++) {
                at[t] += moved * steps[t][d];
            }
            if (!carry) {
                return;
            }
            index[d] = 0;
        }
    }

    /** How far apart the elements of a dense tensor lie along each dimension. */
    static int[] steps(Shape shape) {
        int[] steps = new int[shape.rank()];
        int run = 1;
        for (int d = steps.length - 1; d >= 0; d--) {
            steps[d] = run;
            run *= Math.toIntExact(shape.dim(d));
        }
        return steps;
    }

    /** The same for a tensor that is stretched to a larger shape: 0 where its one element is repeated. */
    static int[] stretched(Shape shape, Shape to) {
        int[] own = steps(shape);
        int[] steps = new int[to.rank()];
        int lead = steps.length - own.length;
        for (int d = 0; d < own.length; d++) {
            steps[lead + d] = shape.dim(d) == 1 ? 0 : own[d];
        }
        return steps;
    }
}
