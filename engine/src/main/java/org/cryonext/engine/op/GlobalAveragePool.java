package org.cryonext.engine.op;

import java.util.List;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.TensorType;

/** The mean over all positions between the first and the last dimension. x: [N, ..., C]; y: [N, C]. */
public record GlobalAveragePool() implements Op {
    private static final Slots SLOTS = Slots.of("x");

    @Override
    public Slots slots() {
        return SLOTS;
    }

    @Override
    public List<TensorType> infer(Inputs in) {
        Shape x = in.shape("x");
        if (x.rank() < 3) {
            throw new IllegalArgumentException(this + ": x is " + x + ", expected [N, ..., C]");
        }
        return List.of(in.type("x").withShape(Shape.of(x.dim(0), x.channels())));
    }

    @Override
    public long flops(Inputs in) {
        return in.shape("x").size();
    }

    @Override
    public void gradient(Gradient g) {
        Shape x = g.in("x").type().shape();
        g.flow("x", g.add(new GlobalAveragePoolGradient(x), g.dy()).getFirst());
    }
}
