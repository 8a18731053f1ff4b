package org.cryonext.engine.op;

import java.util.List;
import org.cryonext.engine.tensor.TensorType;

/**
 * A value set from outside before each run.
 *
 * @param name what it is set by
 * @param type its element type and shape
 */
public record Input(String name, TensorType type) implements Op {
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
