package org.cryonext.engine.op;

import java.util.List;
import java.util.Set;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.TensorType;

/**
 * The gradients of {@link Grn}: dx [N, ..., C], dgamma [C], dbeta [C] from dy, x [N, ..., C] and gamma [C]. Behind an activation, x =
 * activation(affine), dx is the gradient of affine [N, ..., C]. Where a channel is zero at all positions its norm has no
 * derivative and contributes none.
 *
 * @param epsilon added to the mean norm
 * @param activation what made x of affine
 */
public record GrnGradient(double epsilon, Activation activation) implements Op {
    private static final Slots SLOTS = Slots.of("dy, x, gamma, affine?");

    /** Without an activation. */
    public GrnGradient(double epsilon) {
        this(epsilon, Activation.NONE);
    }

    @Override
    public Slots slots() {
        return SLOTS;
    }

    @Override
    public List<TensorType> infer(Inputs in) {
        Shape x = in.shape("x");
        in.require("dy", x);
        in.require("gamma", x.channels());
        in.require("affine", x);
        if (in.has("affine") != (activation != Activation.NONE)) {
            throw in.error("affine goes with an activation, and only with one");
        }
        TensorType channels = in.type("x").sums(Shape.of(x.channels()));
        return List.of(in.type("x"), channels, channels);
    }

    @Override
    public Set<String> single() {
        return Set.of("gamma");
    }

    @Override
    public Set<String> mayOverwrite() {
        return Set.of("dy", "x", "affine");
    }

    @Override
    public long flops(Inputs in) {
        return 12 * in.shape("x").size();
    }
}
