package org.cryonext.engine.op;

import java.util.List;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.TensorType;

/**
 * x repeated along the dimensions in which it has extent 1, and along new ones in front. x: any type. Source: torch.expand;
 * ONNX Expand, whose shape may moreover be smaller than the result's.
 *
 * @param shape the result's, to which x must broadcast
 */
public record Expand(Shape shape) implements Primitive {
    private static final Slots SLOTS = Slots.of("x");

    @Override
    public Slots slots() {
        return SLOTS;
    }

    @Override
    public List<TensorType> infer(Inputs in) {
        if (!in.shape("x").broadcastsTo(shape)) {
            throw in.error("x is " + in.shape("x") + ", which does not broadcast to " + shape);
        }
        return List.of(in.result("x", shape.dims()));
    }

    @Override
    public long flops(Inputs in) {
        return 0;
    }
}
