package org.cryonext.engine.op;

import java.util.List;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.TensorType;

/**
 * The dimensions in another order. x: any type. Source: ONNX Transpose; torch.permute.
 *
 * @param order dimension i of the result is dimension {@code order[i]} of x
 */
public record Permute(List<Integer> order) implements Primitive {
    private static final Slots SLOTS = Slots.of("x");

    /** Copies the list. */
    public Permute {
        order = List.copyOf(order);
    }

    @Override
    public Slots slots() {
        return SLOTS;
    }

    @Override
    public List<TensorType> infer(Inputs in) {
        Shape x = in.shape("x");
        if (order.size() != x.rank() || order.stream().distinct().count() != x.rank()) {
            throw in.error("x is " + x + ", so the order must name each of its " + x.rank() + " axes once");
        }
        order.forEach(axis -> in.requireAxis("x", axis));
        return List.of(
                in.type("x").withShape(new Shape(order.stream().map(x::dim).toList())));
    }

    @Override
    public long flops(Inputs in) {
        return 0;
    }
}
