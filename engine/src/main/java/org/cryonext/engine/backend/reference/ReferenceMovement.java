package org.cryonext.engine.backend.reference;

import java.util.Arrays;
import java.util.List;
import org.cryonext.engine.op.Gather;
import org.cryonext.engine.op.Slice;
import org.cryonext.engine.tensor.Shape;

/** Primitives that put elements elsewhere as they are. */
final class ReferenceMovement {
    private ReferenceMovement() {}

    static void permute(List<Integer> order, ReferenceBlock x, ReferenceBlock y) {
        int[] of = Odometer.steps(x.type().shape());
        copy(x, 0, order.stream().mapToInt(axis -> of[axis]).toArray(), y);
    }

    static void expand(ReferenceBlock x, ReferenceBlock y) {
        copy(x, 0, Odometer.stretched(x.type().shape(), y.type().shape()), y);
    }

    static void slice(Slice op, ReferenceBlock x, ReferenceBlock y) {
        int[] steps = Odometer.steps(x.type().shape());
        int start = 0;
        for (int d = 0; d < steps.length && y.size() > 0; d++) {
            start += Math.toIntExact(op.starts().get(d)) * steps[d];
            // The step of a dimension with one element is never taken and may be larger than any index.
            steps[d] = y.dim(d) == 1 ? 0 : Math.toIntExact(op.steps().get(d)) * steps[d];
        }
        copy(x, start, steps, y);
    }

    /** y[i, j, ...] = x[start + i * steps[0] + j * steps[1] + ...]. */
    private static void copy(ReferenceBlock x, int start, int[] steps, ReferenceBlock y) {
        int[] dims = y.type().shape().toInts();
        int outer = Math.max(0, dims.length - 1);
        int length = dims.length == 0 ? 1 : dims[outer];
        int step = dims.length == 0 ? 0 : steps[outer];
        Odometer odometer = new Odometer(Arrays.copyOf(dims, outer), steps);
        double[] source = x.array();
        double[] target = y.array();
        int end = y.offset() + y.size();
        for (int to = y.offset(); to < end; to += length) {
            int from = x.offset() + start + odometer.at(0);
            for (int i = 0; i < length; i++) {
                target[to + i] = source[from + i * step];
            }
            odometer.next();
        }
    }

    static void concat(int axis, ReferenceBlock[] parts, ReferenceBlock y) {
        int outer = product(y.type().shape(), 0, axis);
        int to = y.offset();
        for (int o = 0; o < outer; o++) {
            for (ReferenceBlock x : parts) {
                int run = x.size() / outer;
                System.arraycopy(x.array(), x.offset() + o * run, y.array(), to, run);
                to += run;
            }
        }
    }

    static void gather(Gather op, ReferenceBlock x, ReferenceBlock indices, ReferenceBlock y) {
        int outer = product(x.type().shape(), 0, op.axis());
        int extent = x.dim(op.axis());
        int inner = product(x.type().shape(), op.axis() + 1, x.type().shape().rank());
        int to = y.offset();
        for (int o = 0; o < outer; o++) {
            for (int i = 0; i < indices.size(); i++) {
                double index = indices.get(i);
                if (index < -extent || index >= extent) {
                    throw new IllegalArgumentException(op + ": index " + (long) index + " at position " + i
                            + " of indices is outside of x, which is "
                            + x.type().shape());
                }
                int entry = o * extent + (int) index + (index < 0 ? extent : 0);
                System.arraycopy(x.array(), x.offset() + entry * inner, y.array(), to, inner);
                to += inner;
            }
        }
    }

    private static int product(Shape shape, int from, int to) {
        return Math.toIntExact(new Shape(shape.dims().subList(from, to)).size());
    }
}
