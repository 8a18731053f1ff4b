package org.cryonext.engine.op;

import java.util.List;
import java.util.Set;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.TensorType;

/**
 * A depthwise convolution and the layer normalisation of its result, which is not rounded in between: y = LayerNorm(
 * DepthwiseConv(x)). For backends that have a kernel for it; {@link org.cryonext.engine.pass.FuseDepthwiseNorm} makes it.
 *
 * <p>x, y: [N, H, W, C]; weight: [k, k, C]; bias, norm_weight, norm_bias: [C].
 *
 * @param k filter size, odd
 * @param epsilon of the LayerNorm
 */
public record DepthwiseNorm(int k, double epsilon) implements Fused {
    private static final Slots SLOTS = Slots.of("x, weight, bias?, norm_weight, norm_bias");

    /** @throws IllegalArgumentException if k is not odd and positive */
    public DepthwiseNorm {
        if (k < 1 || k % 2 == 0) {
            throw new IllegalArgumentException("filter size " + k + " is not odd");
        }
    }

    @Override
    public Slots slots() {
        return SLOTS;
    }

    @Override
    public List<TensorType> infer(Inputs in) {
        Shape x = in.rank("x", 4);
        in.require("weight", k, k, x.channels());
        in.require("bias", x.channels());
        in.require("norm_weight", x.channels());
        in.require("norm_bias", x.channels());
        return List.of(in.type("x"));
    }

    @Override
    public Set<String> single() {
        return Set.of("weight", "bias", "norm_weight", "norm_bias");
    }

    @Override
    public long flops(Inputs in) {
        return (2L * k * k + 8) * in.shape("x").size();
    }
}
