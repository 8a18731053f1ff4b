package org.cryonext.engine.op;

import java.util.List;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.TensorType;

/** dx = dy weight. dy: [..., N]; weight: [N, K]; dx: [..., K]. */
public record LinearInputGradient() implements Op {
    private static final Slots SLOTS = Slots.of("dy, weight");

    @Override
    public Slots slots() {
        return SLOTS;
    }

    @Override
    public List<TensorType> infer(Inputs in) {
        Shape weight = in.rank("weight", 2);
        in.require("weight", in.shape("dy").channels(), weight.dim(1));
        return List.of(in.type("dy").withShape(in.shape("dy").withChannels(weight.dim(1))));
    }

    @Override
    public long flops(Inputs in) {
        return 2 * in.shape("dy").rows() * in.shape("weight").size();
    }
}
