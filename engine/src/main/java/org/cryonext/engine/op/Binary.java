package org.cryonext.engine.op;

import java.util.List;
import java.util.Set;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.TensorType;

/**
 * y = function(a, b), element by element, a and b broadcast as NumPy does. Any numeric type, the same for both; the
 * exponent of {@link BinaryFunction#POW} may have another. Source: ONNX Add, Sub, Mul, Div, Pow, Min, Max.
 *
 * @param function what is computed
 */
public record Binary(BinaryFunction function) implements Primitive {
    private static final Slots SLOTS = Slots.of("a, b");

    @Override
    public Slots slots() {
        return SLOTS;
    }

    @Override
    public List<TensorType> infer(Inputs in) {
        in.requireNumeric("a");
        in.requireNumeric("b");
        if (function != BinaryFunction.POW) {
            in.require("b", in.type("a").dtype());
        }
        return List.of(in.result("a", shape(in).dims()));
    }

    private static Shape shape(Inputs in) {
        return in.broadcast(in.shape("a"), in.shape("b"));
    }

    @Override
    public long flops(Inputs in) {
        int each = function == BinaryFunction.POW ? 20 : 1;
        return each * shape(in).size();
    }

    @Override
    public Set<String> mayOverwrite() {
        return Set.of("a", "b");
    }
}
