package org.cryonext.engine.op;

import java.util.List;
import org.cryonext.engine.tensor.TensorType;

/**
 * A value kept between runs and shared between programs: a parameter, an optimiser's moment, an average.
 *
 * @param name its name in the set of variables
 * @param type its element type and shape
 */
public record Variable(String name, TensorType type) implements Op {
    private static final Slots SLOTS = Slots.of("");

    @Override
    public Slots slots() {
        return SLOTS;
    }

    @Override
    public List<TensorType> infer(Inputs in) {
        return List.of(type);
    }

    @Override
    public long flops(Inputs in) {
        return 0;
    }
}
