package org.cryonext.engine.op;

import java.util.ArrayList;
import java.util.List;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.TensorType;

/**
 * x with elements added around it. x: any type; value: one element of x's type, 0 if left out, read by {@link
 * PadMode#CONSTANT} alone. Source: ONNX Pad, whose negative pads are a {@link Slice} first.
 *
 * @param before elements added in front, of each dimension
 * @param after elements added behind, of each dimension
 * @param mode what they are
 */
public record Pad(List<Long> before, List<Long> after, PadMode mode) implements Primitive {
    private static final Slots SLOTS = Slots.of("x, value?");

    /** Copies the lists. */
    public Pad {
        before = List.copyOf(before);
        after = List.copyOf(after);
    }

    @Override
    public Slots slots() {
        return SLOTS;
    }

    @Override
    public List<TensorType> infer(Inputs in) {
        Shape x = in.shape("x");
        in.requireEach("x", before, "pads before");
        in.requireEach("x", after, "pads after");
        in.require("value", in.type("x").dtype());
        if (in.has("value") && in.shape("value").size() != 1) {
            throw in.error("value is " + in.shape("value") + ", expected one element");
        }
        List<Long> dims = new ArrayList<>();
        for (int axis = 0; axis < x.rank(); axis++) {
            long left = before.get(axis);
            long right = after.get(axis);
            if (left < 0 || right < 0) {
                throw in.error("a pad of axis " + axis + " is negative");
            }
            if (x.dim(axis) == 0 && left + right != 0 && mode != PadMode.CONSTANT) {
                throw in.error("x is " + x + ", whose axis " + axis + " has no elements to continue");
            }
            dims.add(in.sum("axis " + axis, x.dim(axis), left, right));
        }
        return List.of(in.result("x", dims));
    }

    @Override
    public long flops(Inputs in) {
        return 0;
    }
}
