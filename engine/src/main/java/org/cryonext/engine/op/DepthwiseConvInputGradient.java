package org.cryonext.engine.op;

import java.util.List;
import java.util.Set;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.TensorType;

/**
 * The gradient of {@link DepthwiseConv} with respect to x: dy convolved with the filter turned by 180 degrees.
 *
 * <p>dy, dx: [N, H, W, C]; weight: [k, k, C].
 *
 * @param k filter size, odd
 */
public record DepthwiseConvInputGradient(int k) implements Op {
    private static final Slots SLOTS = Slots.of("dy, weight");

    @Override
    public Slots slots() {
        return SLOTS;
    }

    @Override
    public List<TensorType> infer(Inputs in) {
        Shape dy = in.rank("dy", 4);
        in.require("weight", k, k, dy.channels());
        return List.of(in.type("dy"));
    }

    @Override
    public Set<String> single() {
        return Set.of("weight");
    }

    @Override
    public long flops(Inputs in) {
        return 2L * k * k * in.shape("dy").size();
    }
}
