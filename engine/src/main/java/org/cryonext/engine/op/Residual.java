package org.cryonext.engine.op;

import java.util.List;
import java.util.Set;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.TensorType;

/**
 * y = x + keep_n * scale_c * branch: the end of a block, with layer scale and per-sample drop path.
 *
 * <p>x, branch, y: [N, ..., C]; scale: [C]; keep: [N], 0 or 1 / (1 - p), see {@link DropPath}.
 */
public record Residual() implements Op {
    private static final Slots SLOTS = Slots.of("x, branch, scale?, keep?");

    @Override
    public Slots slots() {
        return SLOTS;
    }

    @Override
    public List<TensorType> infer(Inputs in) {
        Shape x = in.shape("x");
        in.require("branch", x);
        in.require("scale", x.channels());
        in.require("keep", x.dim(0));
        return List.of(in.type("x"));
    }

    @Override
    public Set<String> single() {
        return Set.of("scale", "keep");
    }

    @Override
    public long flops(Inputs in) {
        return 3 * in.shape("x").size();
    }

    @Override
    public Set<String> mayOverwrite() {
        return Set.of("x", "branch");
    }

    @Override
    public void gradient(Gradient g) {
        g.flow("x", g.dy());
        if (g.in("scale") == null && g.in("keep") == null) {
            g.flow("branch", g.dy());
            return;
        }
        Operand branch = g.wants("scale") ? g.in("branch") : null;
        List<Operand> d = g.add(new ResidualGradient(), g.dy(), branch, g.in("scale"), g.in("keep"));
        g.flow("branch", d.get(0));
        if (branch != null) {
            g.flow("scale", d.get(1));
        }
    }
}
