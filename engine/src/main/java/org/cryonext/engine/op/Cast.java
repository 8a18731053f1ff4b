package org.cryonext.engine.op;

import java.util.List;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.TensorType;

/**
 * The same values in another element type: rounded to the nearest floating number, truncated towards zero to an integer
 * (which wraps around where it does not fit), true where it is not 0. Source: ONNX Cast.
 *
 * @param to the element type of the result
 */
public record Cast(DType to) implements Primitive {
    private static final Slots SLOTS = Slots.of("x");

    @Override
    public Slots slots() {
        return SLOTS;
    }

    @Override
    public List<TensorType> infer(Inputs in) {
        return List.of(new TensorType(to, in.shape("x")));
    }

    @Override
    public long flops(Inputs in) {
        return 0;
    }
}
