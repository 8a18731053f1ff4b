package org.cryonext.engine.op;

import java.util.List;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.TensorType;

/**
 * The gradient of {@link PatchConv} with respect to x; zero in rows and columns that filled no whole patch.
 *
 * <p>dy: [N, floor(H / k), floor(W / k), D]; weight: [D, k, k, C]; dx: [N, H, W, C].
 *
 * @param k filter size and stride
 * @param height H
 * @param width W
 */
public record PatchConvInputGradient(int k, long height, long width) implements Op {
    private static final Slots SLOTS = Slots.of("dy, weight");

    @Override
    public Slots slots() {
        return SLOTS;
    }

    @Override
    public List<TensorType> infer(Inputs in) {
        Shape dy = in.rank("dy", 4);
        Shape weight = in.rank("weight", 4);
        in.require("dy", dy.dim(0), height / k, width / k, weight.dim(0));
        in.require("weight", dy.channels(), k, k, weight.channels());
        return List.of(in.type("dy").withShape(Shape.of(dy.dim(0), height, width, weight.channels())));
    }

    @Override
    public long flops(Inputs in) {
        return 2 * in.shape("dy").rows() * in.shape("weight").size();
    }
}
