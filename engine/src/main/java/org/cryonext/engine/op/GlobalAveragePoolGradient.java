package org.cryonext.engine.op;

import java.util.List;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.TensorType;

/**
 * dx = dy / (number of positions) at every position. dy: [N, C]; dx: [N, ..., C].
 *
 * @param x shape of the pooled tensor
 */
public record GlobalAveragePoolGradient(Shape x) implements Op {
    private static final Slots SLOTS = Slots.of("dy");

    @Override
    public Slots slots() {
        return SLOTS;
    }

    @Override
    public List<TensorType> infer(Inputs in) {
        in.require("dy", x.dim(0), x.channels());
        return List.of(in.type("dy").withShape(x));
    }

    @Override
    public long flops(Inputs in) {
        return x.size();
    }
}
