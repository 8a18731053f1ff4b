package org.cryonext.engine.op;

import java.util.List;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.TensorType;

/**
 * The gradients of {@link DepthwiseConv} with respect to its filter and bias.
 *
 * <p>dy, x: [N, H, W, C]; dweight: [k, k, C]; dbias: [C].
 *
 * @param k filter size, odd
 */
public record DepthwiseConvWeightGradient(int k) implements Op {
    private static final Slots SLOTS = Slots.of("dy, x");

    @Override
    public Slots slots() {
        return SLOTS;
    }

    @Override
    public List<TensorType> infer(Inputs in) {
        Shape dy = in.rank("dy", 4);
        in.require("x", dy);
        return List.of(
                in.type("dy").sums(Shape.of(k, k, dy.channels())), in.type("dy").sums(Shape.of(dy.channels())));
    }

    @Override
    public long flops(Inputs in) {
        return (2L * k * k + 1) * in.shape("dy").size();
    }
}
