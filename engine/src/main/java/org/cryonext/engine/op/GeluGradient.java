package org.cryonext.engine.op;

import java.util.List;
import java.util.Set;
import org.cryonext.engine.tensor.TensorType;

/**
 * dx = dy * (Phi(x) + x phi(x)), or the derivative of the tanh form. dy, x, dx: one shape.
 *
 * @param tanh whether {@link Gelu}'s tanh approximation is meant
 */
public record GeluGradient(boolean tanh) implements Op {
    private static final Slots SLOTS = Slots.of("dy, x");

    @Override
    public Slots slots() {
        return SLOTS;
    }

    @Override
    public List<TensorType> infer(Inputs in) {
        in.require("dy", in.shape("x"));
        return List.of(in.type("x"));
    }

    @Override
    public long flops(Inputs in) {
        return 30 * in.shape("x").size();
    }

    @Override
    public Set<String> mayOverwrite() {
        return Set.of("dy", "x");
    }
}
