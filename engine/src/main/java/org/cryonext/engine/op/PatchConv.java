package org.cryonext.engine.op;

import java.util.List;
import java.util.Set;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.TensorType;

/**
 * A convolution whose stride is its filter size, without padding: a linear map of k x k patches. Rows and columns that
 * fill no whole patch are left out.
 *
 * <p>x: [N, H, W, C]; weight: [D, k, k, C]; bias: [D]; y: [N, floor(H / k), floor(W / k), D]. torch.nn.Conv2d.
 *
 * @param k filter size and stride
 */
public record PatchConv(int k) implements Op {
    private static final Slots SLOTS = Slots.of("x, weight, bias?");

    @Override
    public Slots slots() {
        return SLOTS;
    }

    @Override
    public List<TensorType> infer(Inputs in) {
        Shape x = in.rank("x", 4);
        Shape weight = in.rank("weight", 4);
        in.require("weight", weight.dim(0), k, k, x.channels());
        in.require("bias", weight.dim(0));
        if (x.dim(1) < k || x.dim(2) < k) {
            throw new IllegalArgumentException(this + ": x is " + x + ", smaller than one patch");
        }
        return List.of(in.type("x").withShape(Shape.of(x.dim(0), x.dim(1) / k, x.dim(2) / k, weight.dim(0))));
    }

    @Override
    public Set<String> single() {
        return Set.of("bias");
    }

    @Override
    public long flops(Inputs in) {
        return 2 * infer(in).getFirst().shape().rows() * in.shape("weight").size();
    }

    @Override
    public void gradient(Gradient g) {
        if (g.wants("x")) {
            Shape x = g.in("x").type().shape();
            g.flow(
                    "x",
                    g.add(new PatchConvInputGradient(k, x.dim(1), x.dim(2)), g.dy(), g.in("weight"))
                            .getFirst());
        }
        if (g.wants("weight") || g.wants("bias")) {
            List<Operand> d = g.add(new PatchConvWeightGradient(k), g.dy(), g.in("x"));
            g.flow("weight", d.get(0));
            g.flow("bias", d.get(1));
        }
    }
}
