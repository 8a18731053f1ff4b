package org.cryonext.engine.op;

import java.util.List;
import java.util.Set;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.TensorType;

/**
 * dx = dy weight, or, behind an activation, dx = activation'(affine) * (dy weight): the gradient of what was activated. dy: [...,
 * N]; weight: [N, K]; affine, dx: [..., K]. With an activation it is several operators in one, as {@link Fused} ones are, and a
 * backend may have none of it.
 *
 * @param activation what made the layer's input of affine
 */
public record LinearInputGradient(Activation activation) implements Op {
    private static final Slots SLOTS = Slots.of("dy, weight, affine?");

    /** Without an activation. */
    public LinearInputGradient() {
        this(Activation.NONE);
    }

    @Override
    public Slots slots() {
        return SLOTS;
    }

    @Override
    public List<TensorType> infer(Inputs in) {
        Shape weight = in.rank("weight", 2);
        in.require("weight", in.shape("dy").channels(), weight.dim(1));
        Shape dx = in.shape("dy").withChannels(weight.dim(1));
        in.require("affine", dx);
        if (in.has("affine") != (activation != Activation.NONE)) {
            throw in.error("affine goes with an activation, and only with one");
        }
        return List.of(in.type("dy").withShape(dx));
    }

    @Override
    public long flops(Inputs in) {
        return 2 * in.shape("dy").rows() * in.shape("weight").size();
    }

    @Override
    public Set<String> mayOverwrite() {
        return Set.of("affine");
    }
}
