package org.cryonext.engine.op;

import java.util.List;
import java.util.Set;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.TensorType;

/**
 * Zeroes each element with probability p and scales the others by 1 / (1 - p). Element i is kept where {@link
 * CounterRandom#uniform} of it is at least p, so the backward pass makes the same mask again.
 *
 * <p>x, y: any shape; seed: I32 [2]. torch.nn.Dropout.
 *
 * @param p probability of zeroing, 0 to below 1
 * @param stream tells this mask from others of the same seed
 */
public record Dropout(double p, int stream) implements Op {
    private static final Slots SLOTS = Slots.of("x, seed");

    @Override
    public Slots slots() {
        return SLOTS;
    }

    @Override
    public List<TensorType> infer(Inputs in) {
        in.require("seed", 2);
        in.require("seed", DType.I32);
        return List.of(in.type("x"));
    }

    @Override
    public long flops(Inputs in) {
        return in.shape("x").size();
    }

    @Override
    public Set<String> mayOverwrite() {
        return Set.of("x");
    }

    @Override
    public boolean random() {
        return true;
    }

    @Override
    public void gradient(Gradient g) {
        g.flow("x", g.add(this, g.dy(), g.in("seed")).getFirst());
    }
}
