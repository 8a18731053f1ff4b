package org.cryonext.engine.op;

import java.util.List;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.TensorType;

/**
 * y[i, j, ...] = x[starts[0] + steps[0] * i, starts[1] + steps[1] * j, ...]. x: any type. Source: ONNX Slice, with its
 * negative and clamped bounds worked out.
 *
 * @param starts the first index of each dimension
 * @param steps from one index to the next, of each dimension; may be negative, never 0
 * @param shape of the result
 */
public record Slice(List<Long> starts, List<Long> steps, Shape shape) implements Primitive {
    private static final Slots SLOTS = Slots.of("x");

    /** Copies the lists. */
    public Slice {
        starts = List.copyOf(starts);
        steps = List.copyOf(steps);
    }

    @Override
    public Slots slots() {
        return SLOTS;
    }

    @Override
    public List<TensorType> infer(Inputs in) {
        Shape x = in.shape("x");
        in.requireEach("x", starts, "starts");
        in.requireEach("x", steps, "steps");
        in.requireEach("x", shape.dims(), "extents");
        for (int axis = 0; axis < x.rank(); axis++) {
            long start = starts.get(axis);
            long step = steps.get(axis);
            long extent = shape.dim(axis);
            if (step == 0) {
                throw in.error("the step of axis " + axis + " is 0");
            }
            if (extent > 0 && !within(start, step, extent, x.dim(axis))) {
                throw in.error(extent + " elements from " + start + " by " + step + " reach beyond axis " + axis
                        + " of x, which is " + x);
            }
        }
        return List.of(in.type("x").withShape(shape));
    }

    private static boolean within(long start, long step, long extent, long available) {
        if (start < 0 || start >= available) {
            return false;
        }
        // Divides rather than multiplies, which might overflow.
        long room = step > 0 ? (available - 1 - start) / step : start / -Math.max(step, -Long.MAX_VALUE);
        return extent - 1 <= room;
    }

    @Override
    public long flops(Inputs in) {
        return 0;
    }
}
