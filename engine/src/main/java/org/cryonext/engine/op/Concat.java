package org.cryonext.engine.op;

import java.util.Arrays;
import java.util.List;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.TensorType;

/**
 * Tensors of one type, any, joined along an axis; in all other dimensions they agree. Source: ONNX Concat; torch.cat.
 *
 * @param axis along which they are joined
 */
public record Concat(int axis) implements Primitive {
    private static final Slots SLOTS = Slots.of("x...");

    @Override
    public Slots slots() {
        return SLOTS;
    }

    @Override
    public List<TensorType> infer(Inputs in) {
        if (in.types().isEmpty()) {
            throw in.error("nothing to join");
        }
        in.requireAxis("x", axis);
        TensorType first = in.types().getFirst();
        long[] dims = first.shape().toArray();
        dims[axis] = 0;
        for (TensorType type : in.types()) {
            Shape shape = type.shape();
            if (type.dtype() != first.dtype() || shape.rank() != dims.length) {
                throw in.error(type + " does not join " + first);
            }
            for (int i = 0; i < dims.length; i++) {
                if (i != axis && shape.dim(i) != dims[i]) {
                    throw in.error(type + " does not join " + first + ": axis " + i + " differs");
                }
            }
            dims[axis] = in.sum("axis " + axis, dims[axis], shape.dim(axis));
        }
        return List.of(in.result("x", Arrays.stream(dims).boxed().toList()));
    }

    @Override
    public long flops(Inputs in) {
        return 0;
    }
}
