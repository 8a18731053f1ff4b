package org.cryonext.engine.op;

import java.util.List;
import java.util.Set;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.TensorType;

/**
 * y = condition ? x : y, element by element, all three broadcast as NumPy does. condition: BOOL; x, y: one type, any.
 * Source: ONNX Where.
 */
public record Where() implements Primitive {
    private static final Slots SLOTS = Slots.of("condition, x, y");

    @Override
    public Slots slots() {
        return SLOTS;
    }

    @Override
    public List<TensorType> infer(Inputs in) {
        in.require("condition", DType.BOOL);
        in.require("y", in.type("x").dtype());
        Shape shape = in.broadcast(in.shape("condition"), in.broadcast(in.shape("x"), in.shape("y")));
        return List.of(in.result("x", shape.dims()));
    }

    @Override
    public long flops(Inputs in) {
        return 0;
    }

    @Override
    public Set<String> mayOverwrite() {
        return Set.of("x", "y");
    }
}
