package org.cryonext.engine.op;

import java.util.List;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.TensorType;

/**
 * The same elements under another shape; costs nothing, the result shares the input's memory.
 *
 * @param shape the new shape, of the same size
 */
public record Reshape(Shape shape) implements Op {
    private static final Slots SLOTS = Slots.of("x");

    @Override
    public Slots slots() {
        return SLOTS;
    }

    @Override
    public List<TensorType> infer(Inputs in) {
        if (in.shape("x").size() != shape.size()) {
            throw new IllegalArgumentException(this + ": x is " + in.shape("x") + ", of another size");
        }
        return List.of(in.type("x").withShape(shape));
    }

    @Override
    public long flops(Inputs in) {
        return 0;
    }

    @Override
    public Cost cost(Inputs in) {
        return new Cost(0, 0);
    }

    @Override
    public void gradient(Gradient g) {
        Shape before = g.in("x").type().shape();
        g.flow("x", g.add(new Reshape(before), g.dy()).getFirst());
    }
}
