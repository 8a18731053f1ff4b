package org.cryonext.engine.op;

import java.util.List;
import java.util.Set;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.TensorType;

/**
 * Global response normalisation: with G_c the 2-norm of channel c over an image's positions and N_c = G_c / (mean of G +
 * epsilon), y = gamma * (x * N) + beta + x.
 *
 * <p>x, y: [N, ..., C]; gamma, beta: [C]. Source: ConvNeXt V2, arXiv 2301.00808.
 *
 * @param epsilon added to the mean; ConvNeXt V2 uses 1e-6
 */
public record Grn(double epsilon) implements Op {
    private static final Slots SLOTS = Slots.of("x, gamma, beta");

    @Override
    public Slots slots() {
        return SLOTS;
    }

    @Override
    public List<TensorType> infer(Inputs in) {
        Shape x = in.shape("x");
        in.require("gamma", x.channels());
        in.require("beta", x.channels());
        return List.of(in.type("x"));
    }

    @Override
    public Set<String> single() {
        return Set.of("gamma", "beta");
    }

    @Override
    public long flops(Inputs in) {
        return 6 * in.shape("x").size();
    }

    @Override
    public void gradient(Gradient g) {
        List<Operand> d = g.add(new GrnGradient(epsilon), g.dy(), g.in("x"), g.in("gamma"));
        g.flow("x", d.get(0));
        g.flow("gamma", d.get(1));
        g.flow("beta", d.get(2));
    }
}
