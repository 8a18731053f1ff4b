package org.cryonext.engine.op;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.TensorType;

/**
 * The gradients of {@link Residual}'s branch: dbranch = keep_n * scale_c * dy and, where the branch is given, dscale_c =
 * sum of keep_n * branch * dy over all but c.
 *
 * <p>dy, branch, dbranch: [N, ..., C]; scale, dscale: [C]; keep: [N].
 */
public record ResidualGradient() implements Op {
    private static final Slots SLOTS = Slots.of("dy, branch?, scale?, keep?");

    @Override
    public Slots slots() {
        return SLOTS;
    }

    @Override
    public List<TensorType> infer(Inputs in) {
        Shape dy = in.shape("dy");
        in.require("branch", dy);
        in.require("scale", dy.channels());
        in.require("keep", dy.dim(0));
        List<TensorType> outputs = new ArrayList<>(List.of(in.type("dy")));
        if (in.has("branch")) {
            outputs.add(in.type("dy").sums(Shape.of(dy.channels())));
        }
        return outputs;
    }

    @Override
    public Set<String> single() {
        return Set.of("scale", "keep");
    }

    @Override
    public long flops(Inputs in) {
        return (in.has("branch") ? 5 : 2) * in.shape("dy").size();
    }
}
