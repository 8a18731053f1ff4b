package org.cryonext.engine.op;

import java.util.List;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.TensorType;

/**
 * The per-sample factors of stochastic depth: 0 with probability p, else 1 / (1 - p); to be used as {@link Residual}'s
 * keep. Sample n is kept where {@link CounterRandom#uniform} of it is at least p.
 *
 * <p>seed: I32 [2]; keep: [N]. Source: arXiv 1603.09382; timm's DropPath.
 *
 * @param p probability of dropping, 0 to below 1
 * @param stream tells this mask from others of the same seed
 * @param type element type and shape [N] of the result
 */
public record DropPath(double p, int stream, TensorType type) implements Op {
    private static final Slots SLOTS = Slots.of("seed");

    @Override
    public Slots slots() {
        return SLOTS;
    }

    @Override
    public List<TensorType> infer(Inputs in) {
        in.require("seed", DType.I32);
        in.require("seed", Shape.of(2));
        return List.of(type);
    }

    @Override
    public long flops(Inputs in) {
        return type.shape().size();
    }

    @Override
    public boolean random() {
        return true;
    }
}
