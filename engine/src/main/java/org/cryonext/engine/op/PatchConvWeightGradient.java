package org.cryonext.engine.op;

import java.util.List;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.TensorType;

/**
 * The gradients of {@link PatchConv} with respect to its filters and bias.
 *
 * <p>dy: [N, floor(H / k), floor(W / k), D]; x: [N, H, W, C]; dweight: [D, k, k, C]; dbias: [D].
 *
 * @param k filter size and stride
 */
public record PatchConvWeightGradient(int k) implements Op {
    private static final Slots SLOTS = Slots.of("dy, x");

    @Override
    public Slots slots() {
        return SLOTS;
    }

    @Override
    public List<TensorType> infer(Inputs in) {
        Shape dy = in.rank("dy", 4);
        Shape x = in.rank("x", 4);
        in.require("dy", x.dim(0), x.dim(1) / k, x.dim(2) / k, dy.channels());
        return List.of(
                in.type("dy").sums(Shape.of(dy.channels(), k, k, x.channels())),
                in.type("dy").sums(Shape.of(dy.channels())));
    }

    @Override
    public long flops(Inputs in) {
        return in.shape("dy").size() * (2L * k * k * in.shape("x").channels() + 1);
    }
}
