package org.cryonext.engine.op;

import java.util.List;
import java.util.Set;
import org.cryonext.engine.tensor.TensorType;

/** y = a + b, element by element; a, b and y have one shape. */
public record Add() implements Op {
    private static final Slots SLOTS = Slots.of("a, b");

    @Override
    public Slots slots() {
        return SLOTS;
    }

    @Override
    public List<TensorType> infer(Inputs in) {
        in.require("b", in.shape("a"));
        return List.of(in.type("a"));
    }

    @Override
    public long flops(Inputs in) {
        return in.shape("a").size();
    }

    @Override
    public Set<String> mayOverwrite() {
        return Set.of("a", "b");
    }

    @Override
    public void gradient(Gradient g) {
        g.flow("a", g.dy());
        g.flow("b", g.dy());
    }
}
