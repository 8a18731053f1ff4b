package org.cryonext.engine.op;

import java.util.List;
import java.util.Set;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.TensorType;

/**
 * Normalises each pixel over its channels: y = (x - mean) / sqrt(variance + epsilon) * weight + bias.
 *
 * <p>x, y: [..., C]; weight, bias: [C]. The variance is the biased one. Source: arXiv 1607.06450; torch.nn.LayerNorm.
 *
 * @param epsilon added to the variance; ConvNeXt uses 1e-6
 */
public record LayerNorm(double epsilon) implements Op {
    private static final Slots SLOTS = Slots.of("x, weight, bias");

    @Override
    public Slots slots() {
        return SLOTS;
    }

    @Override
    public List<TensorType> infer(Inputs in) {
        Shape x = in.shape("x");
        in.require("weight", x.channels());
        in.require("bias", x.channels());
        return List.of(in.type("x"));
    }

    @Override
    public Set<String> single() {
        return Set.of("weight", "bias");
    }

    @Override
    public long flops(Inputs in) {
        return 8 * in.shape("x").size();
    }

    @Override
    public void gradient(Gradient g) {
        // Mean and deviation are computed again from x, which has to be read anyway: cheaper than keeping them.
        List<Operand> d = g.add(new LayerNormGradient(epsilon), g.dy(), g.in("x"), g.in("weight"));
        g.flow("x", d.get(0));
        g.flow("weight", d.get(1));
        g.flow("bias", d.get(2));
    }
}
