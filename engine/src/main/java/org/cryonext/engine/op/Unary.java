package org.cryonext.engine.op;

import java.util.List;
import java.util.Set;
import org.cryonext.engine.tensor.TensorType;

/**
 * y = function(x), element by element. Any shape; x is floating, for {@link UnaryFunction#RELU} of any numeric type.
 * Source: ONNX Erf, Sqrt, Sigmoid, Tanh, Relu.
 *
 * @param function what is computed
 */
public record Unary(UnaryFunction function) implements Primitive {
    private static final Slots SLOTS = Slots.of("x");

    @Override
    public Slots slots() {
        return SLOTS;
    }

    @Override
    public List<TensorType> infer(Inputs in) {
        if (function == UnaryFunction.RELU) {
            in.requireNumeric("x");
        } else {
            in.requireFloating("x");
        }
        return List.of(in.type("x"));
    }

    @Override
    public long flops(Inputs in) {
        int each = switch (function) {
            case ERF -> 20;
            case SIGMOID, TANH -> 10;
            case SQRT, RELU -> 1;
        };
        return each * in.shape("x").size();
    }

    @Override
    public Set<String> mayOverwrite() {
        return Set.of("x");
    }
}
