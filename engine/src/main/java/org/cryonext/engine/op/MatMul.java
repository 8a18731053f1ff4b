package org.cryonext.engine.op;

import java.util.ArrayList;
import java.util.List;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.TensorType;

/**
 * Products of matrices. a: [..., M, K]; b: [..., K, N]; y: [..., M, N]; the dimensions in front broadcast as NumPy does.
 * Any numeric type, the same for both. Source: ONNX MatMul, whose vectors are matrices here; numpy.matmul.
 */
public record MatMul() implements Primitive {
    private static final Slots SLOTS = Slots.of("a, b");

    @Override
    public Slots slots() {
        return SLOTS;
    }

    @Override
    public List<TensorType> infer(Inputs in) {
        in.requireNumeric("a");
        in.require("b", in.type("a").dtype());
        Shape a = matrix(in, "a");
        Shape b = matrix(in, "b");
        if (a.dim(-1) != b.dim(-2)) {
            throw in.error("a is " + a + " and b " + b + ", so " + a.dim(-1) + " columns meet " + b.dim(-2) + " rows");
        }
        List<Long> dims = new ArrayList<>(in.broadcast(batch(a), batch(b)).dims());
        dims.add(a.dim(-2));
        dims.add(b.dim(-1));
        return List.of(in.result("a", dims));
    }

    private static Shape matrix(Inputs in, String name) {
        if (in.shape(name).rank() < 2) {
            throw in.error(name + " is " + in.shape(name) + ", expected at least 2 dimensions");
        }
        return in.shape(name);
    }

    /** The dimensions in front of a matrix. */
    public static Shape batch(Shape shape) {
        return new Shape(shape.dims().subList(0, shape.rank() - 2));
    }

    @Override
    public long flops(Inputs in) {
        return 2 * infer(in).getFirst().shape().size() * in.shape("a").dim(-1);
    }
}
