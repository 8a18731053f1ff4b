package org.cryonext.engine.op;

import java.util.List;
import java.util.Set;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.TensorType;

/**
 * The gradients of {@link LayerNorm}: dx [..., C], dweight [C], dbias [C] from dy, x [..., C] and weight [C].
 *
 * @param epsilon added to the variance
 */
public record LayerNormGradient(double epsilon) implements Op {
    private static final Slots SLOTS = Slots.of("dy, x, weight");

    @Override
    public Slots slots() {
        return SLOTS;
    }

    @Override
    public List<TensorType> infer(Inputs in) {
        Shape x = in.shape("x");
        in.require("dy", x);
        in.require("weight", x.channels());
        TensorType channels = in.type("x").sums(Shape.of(x.channels()));
        return List.of(in.type("x"), channels, channels);
    }

    @Override
    public Set<String> single() {
        return Set.of("weight");
    }

    @Override
    public long flops(Inputs in) {
        return 16 * in.shape("x").size();
    }
}
