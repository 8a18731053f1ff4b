package org.cryonext.engine.op;

import java.util.List;
import java.util.Set;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.TensorType;

/**
 * A fully connected layer with what may follow it: z = activation(x weight^T + bias), and, given a residual, y = residual
 * + keep * scale * z, else y = z.
 *
 * <p>x: [..., K]; weight: [N, K]; bias, scale: [N]; keep: [first extent of x]; residual, y: [..., N]. torch.nn.Linear.
 *
 * @param activation applied to the affine result
 */
public record Linear(Activation activation) implements Op {
    private static final Slots SLOTS = Slots.of("x, weight, bias?, residual?, scale?, keep?");

    /** Without an activation. */
    public Linear() {
        this(Activation.NONE);
    }

    @Override
    public Slots slots() {
        return SLOTS;
    }

    @Override
    public List<TensorType> infer(Inputs in) {
        Shape weight = in.rank("weight", 2);
        in.require("weight", weight.dim(0), in.shape("x").channels());
        Shape y = in.shape("x").withChannels(weight.dim(0));
        in.require("bias", y.channels());
        in.require("residual", y);
        in.require("scale", y.channels());
        in.require("keep", y.dim(0));
        if (!in.has("residual") && (in.has("scale") || in.has("keep"))) {
            throw new IllegalArgumentException(this + ": scale and keep need a residual");
        }
        return List.of(in.type("x").withShape(y));
    }

    @Override
    public Set<String> single() {
        return Set.of("bias", "scale", "keep");
    }

    @Override
    public long flops(Inputs in) {
        return 2 * in.shape("x").rows() * in.shape("weight").size();
    }

    @Override
    public void gradient(Gradient g) {
        Operand dz = g.dy();
        if (g.in("residual") != null) {
            g.flow("residual", g.dy());
            // The branch itself was never stored; only the scale's gradient needs it.
            Operand z = g.wants("scale")
                    ? g.add(this, g.in("x"), g.in("weight"), g.in("bias"), null, null, null)
                            .getFirst()
                    : null;
            List<Operand> d = g.add(new ResidualGradient(), g.dy(), z, g.in("scale"), g.in("keep"));
            dz = d.get(0);
            if (z != null) {
                g.flow("scale", d.get(1));
            }
        }
        if (activation != Activation.NONE) {
            Operand affine = g.add(new Linear(), g.in("x"), g.in("weight"), g.in("bias"), null, null, null)
                    .getFirst();
            dz = g.add(new GeluGradient(activation == Activation.GELU_TANH), dz, affine)
                    .getFirst();
        }
        if (g.wants("x")) {
            g.flow("x", g.add(new LinearInputGradient(), dz, g.in("weight")).getFirst());
        }
        if (g.wants("weight") || g.wants("bias")) {
            List<Operand> d = g.add(new LinearWeightGradient(), dz, g.in("x"));
            g.flow("weight", d.get(0));
            g.flow("bias", d.get(1));
        }
    }
}
