package org.cryonext.engine.op;

import java.util.List;
import java.util.Set;
import org.cryonext.engine.tensor.TensorType;

/**
 * y = exp(x) / sum of exp(x) along an axis. x: floating. Source: ONNX Softmax of opset 13 and later; torch.softmax.
 *
 * @param axis along which the result sums to 1
 */
public record Softmax(int axis) implements Primitive {
    private static final Slots SLOTS = Slots.of("x");

    @Override
    public Slots slots() {
        return SLOTS;
    }

    @Override
    public List<TensorType> infer(Inputs in) {
        in.requireFloating("x");
        in.requireAxis("x", axis);
        return List.of(in.type("x"));
    }

    @Override
    public long flops(Inputs in) {
        return 20 * in.shape("x").size();
    }

    @Override
    public Set<String> mayOverwrite() {
        return Set.of("x");
    }
}
