package org.cryonext.engine.backend.reference;

import java.util.Arrays;
import org.cryonext.engine.op.ReduceFunction;
import org.cryonext.engine.tensor.Shape;

/** Primitives that join the elements along axes. */
final class ReferenceReduce {
    private ReferenceReduce() {}

    /** Joins what the result, which has extent 1 along the axes joined, is stretched to. */
    static void reduce(ReduceFunction function, ReferenceBlock x, ReferenceBlock y) {
        Shape shape = x.type().shape();
        int[] dims = shape.toInts();
        int[] steps = Odometer.stretched(y.type().shape(), shape);
        int outer = Math.max(0, dims.length - 1);
        int length = dims.length == 0 ? 1 : dims[outer];
        int step = dims.length == 0 ? 0 : steps[outer];
        double[] sums = new double[y.size()];
        Odometer odometer = new Odometer(Arrays.copyOf(dims, outer), steps);
        for (int from = 0; from < x.size(); from += length) {
            int to = odometer.at(0);
            for (int i = 0; i < length; i++) {
                double value = x.get(from + i);
                sums[to + i * step] += function == ReduceFunction.L2 ? value * value : value;
            }
            odometer.next();
        }
        double count = (double) x.size() / Math.max(1, y.size());
        for (int i = 0; i < sums.length; i++) {
            y.set(
                    i,
                    switch (function) {
                        case MEAN -> sums[i] / count;
                        case SUM -> sums[i];
                        case L2 -> Math.sqrt(sums[i]);
                    });
        }
    }

    /** The largest element is subtracted first, so that no exponential overflows. */
    static void softmax(int axis, ReferenceBlock x, ReferenceBlock y) {
        Shape shape = x.type().shape();
        int extent = x.dim(axis);
        int inner = Odometer.steps(shape)[axis];
        double[] powers = new double[extent];
        for (int from = 0; from < x.size(); from += extent * inner) {
            for (int i = 0; i < inner; i++) {
                double largest = Double.NEGATIVE_INFINITY;
                for (int k = 0; k < extent; k++) {
                    largest = Math.max(largest, x.get(from + k * inner + i));
                }
                double sum = 0;
                for (int k = 0; k < extent; k++) {
                    powers[k] = Math.exp(x.get(from + k * inner + i) - largest);
                    sum += powers[k];
                }
                for (int k = 0; k < extent; k++) {
                    y.set(from + k * inner + i, powers[k] / sum);
                }
            }
        }
    }
}
