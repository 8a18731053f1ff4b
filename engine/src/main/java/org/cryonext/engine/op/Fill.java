package org.cryonext.engine.op;

import java.util.List;
import org.cryonext.engine.tensor.TensorType;

/**
 * A tensor with the same value everywhere.
 *
 * @param type its element type and shape
 * @param value the value
 */
public record Fill(TensorType type, double value) implements Op {
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
