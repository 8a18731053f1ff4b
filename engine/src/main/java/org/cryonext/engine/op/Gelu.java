package org.cryonext.engine.op;

import java.util.List;
import java.util.Set;
import org.cryonext.engine.tensor.TensorType;

/**
 * y = x * Phi(x) with the normal distribution function Phi, or its tanh approximation 0.5 x (1 + tanh(sqrt(2 / pi) (x +
 * 0.044715 x^3))). Any shape. Source: arXiv 1606.08415; torch.nn.GELU.
 *
 * @param tanh whether the approximation is meant
 */
public record Gelu(boolean tanh) implements Op {
    private static final Slots SLOTS = Slots.of("x");

    @Override
    public Slots slots() {
        return SLOTS;
    }

    @Override
    public List<TensorType> infer(Inputs in) {
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

    @Override
    public void gradient(Gradient g) {
        g.flow("x", g.add(new GeluGradient(tanh), g.dy(), g.in("x")).getFirst());
    }
}
