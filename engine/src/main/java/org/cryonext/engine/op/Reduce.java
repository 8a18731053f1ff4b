package org.cryonext.engine.op;

import java.util.List;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.TensorType;

/**
 * Joins the elements along some axes, which stay with extent 1. x: any numeric type. Without axes nothing is joined: a
 * mean or sum of one element each. Source: ONNX ReduceMean, ReduceSum, ReduceL2.
 *
 * @param function how elements are joined
 * @param axes each once
 */
public record Reduce(ReduceFunction function, List<Integer> axes) implements Primitive {
    private static final Slots SLOTS = Slots.of("x");

    /** Copies the list. */
    public Reduce {
        axes = List.copyOf(axes);
    }

    @Override
    public Slots slots() {
        return SLOTS;
    }

    @Override
    public List<TensorType> infer(Inputs in) {
        in.requireNumeric("x");
        long[] dims = in.shape("x").toArray();
        for (int axis : axes) {
            in.requireAxis("x", axis);
            dims[axis] = 1;
        }
        if (axes.stream().distinct().count() < axes.size()) {
            throw in.error("an axis is given twice");
        }
        return List.of(in.type("x").withShape(Shape.of(dims)));
    }

    @Override
    public long flops(Inputs in) {
        return (function == ReduceFunction.L2 ? 2 : 1) * in.shape("x").size();
    }
}
