package org.cryonext.engine.op;

import java.util.List;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.TensorType;

/** dweight = dy^T x over all rows, dbias = sum of dy's rows. dy: [..., N]; x: [..., K]; dweight: [N, K]; dbias: [N]. */
public record LinearWeightGradient() implements Op {
    private static final Slots SLOTS = Slots.of("dy, x");

    @Override
    public Slots slots() {
        return SLOTS;
    }

    @Override
    public List<TensorType> infer(Inputs in) {
        in.require("x", in.shape("dy").withChannels(in.shape("x").channels()));
        long n = in.shape("dy").channels();
        return List.of(
                in.type("dy").sums(Shape.of(n, in.shape("x").channels())),
                in.type("dy").sums(Shape.of(n)));
    }

    @Override
    public long flops(Inputs in) {
        return 2 * in.shape("dy").size() * in.shape("x").channels()
                + in.shape("dy").size();
    }
}
