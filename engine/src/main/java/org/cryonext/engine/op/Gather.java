package org.cryonext.engine.op;

import java.util.ArrayList;
import java.util.List;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.TensorType;

/**
 * The entries of x at some indices of an axis. x: any type [outer..., n, inner...]; indices: I32 or I64, each from -n to
 * n - 1, negative ones count from the end; y: [outer..., indices' dimensions..., inner...]. An index outside of that
 * range ends the run with an IllegalArgumentException. Source: ONNX Gather.
 *
 * @param axis the dimension of x that the indices count
 */
public record Gather(int axis) implements Primitive {
    private static final Slots SLOTS = Slots.of("x, indices");

    @Override
    public Slots slots() {
        return SLOTS;
    }

    @Override
    public List<TensorType> infer(Inputs in) {
        in.requireAxis("x", axis);
        DType dtype = in.type("indices").dtype();
        if (dtype != DType.I32 && dtype != DType.I64) {
            throw in.error("indices is " + dtype + ", expected I32 or I64");
        }
        Shape x = in.shape("x");
        List<Long> dims = new ArrayList<>(x.dims().subList(0, axis));
        dims.addAll(in.shape("indices").dims());
        dims.addAll(x.dims().subList(axis + 1, x.rank()));
        return List.of(in.result("x", dims));
    }

    @Override
    public long flops(Inputs in) {
        return 0;
    }
}
