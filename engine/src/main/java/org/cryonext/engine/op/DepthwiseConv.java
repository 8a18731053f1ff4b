package org.cryonext.engine.op;

import java.util.List;
import java.util.Set;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.TensorType;

/**
 * A convolution of each channel with its own k x k filter, stride 1, zero padding (k - 1) / 2, so that the size stays.
 *
 * <p>x, y: [N, H, W, C]; weight: [k, k, C]; bias: [C]. torch.nn.Conv2d with groups = C.
 *
 * @param k filter size, odd
 */
public record DepthwiseConv(int k) implements Op {
    private static final Slots SLOTS = Slots.of("x, weight, bias?");

    /** @throws IllegalArgumentException if k is not odd and positive */
    public DepthwiseConv {
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
        return List.of(in.type("x"));
    }

    @Override
    public Set<String> single() {
        return Set.of("weight", "bias");
    }

    @Override
    public long flops(Inputs in) {
        return 2L * k * k * in.shape("x").size();
    }

    @Override
    public void gradient(Gradient g) {
        if (g.wants("x")) {
            g.flow(
                    "x",
                    g.add(new DepthwiseConvInputGradient(k), g.dy(), g.in("weight"))
                            .getFirst());
        }
        if (g.wants("weight") || g.wants("bias")) {
            List<Operand> d = g.add(new DepthwiseConvWeightGradient(k), g.dy(), g.in("x"));
            g.flow("weight", d.get(0));
            g.flow("bias", d.get(1));
        }
    }
}
