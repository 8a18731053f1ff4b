package org.cryonext.models.onnx;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.cryonext.engine.op.Binary;
import org.cryonext.engine.op.BinaryFunction;
import org.cryonext.engine.op.Fill;
import org.cryonext.engine.op.Gelu;
import org.cryonext.engine.op.Unary;
import org.cryonext.engine.op.UnaryFunction;
import org.cryonext.engine.op.Where;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.TensorType;

/** Operators that work element by element, with NumPy's broadcasting where they take two. */
final class ElementwiseRules {
    private ElementwiseRules() {}

    static void add(Map<String, Rule> rules) {
        rules.put("Add", binary(BinaryFunction.ADD));
        rules.put("Sub", binary(BinaryFunction.SUB));
        rules.put("Mul", binary(BinaryFunction.MUL));
        rules.put("Div", binary(BinaryFunction.DIV));
        rules.put("Pow", binary(BinaryFunction.POW));
        rules.put("Sqrt", unary(UnaryFunction.SQRT));
        rules.put("Erf", unary(UnaryFunction.ERF));
        rules.put("Relu", unary(UnaryFunction.RELU));
        rules.put("Sigmoid", unary(UnaryFunction.SIGMOID));
        rules.put("Tanh", unary(UnaryFunction.TANH));
        rules.put("Gelu", Rule.of(1, 1, ElementwiseRules::gelu).with("approximate"));
        rules.put("Clip", Rule.of(1, 3, ElementwiseRules::clip));
        rules.put("Where", Rule.of(3, 3, s -> s.apply(new Where(), s.in(0), s.in(1), s.in(2))));
        rules.put("Identity", Rule.of(1, 1, s -> s.in(0)));
        // saturate and round_mode concern 8-bit floats alone.
        rules.put("Cast", Rule.of(1, 1, ElementwiseRules::cast).with("to", "saturate", "round_mode"));
        rules.put("Dropout", new Rule(Set.of("ratio", "seed"), 1, 3, 2, Set.of(2), ElementwiseRules::dropout));
    }

    private static Rule unary(UnaryFunction function) {
        return Rule.of(1, 1, s -> s.apply(new Unary(function), s.in(0)));
    }

    private static Rule binary(BinaryFunction function) {
        return Rule.of(2, 2, s -> s.apply(new Binary(function), s.in(0), s.in(1)));
    }

    private static Term gelu(Site s) {
        String form = s.attributes().text("approximate", "none");
        return switch (form) {
            case "none" -> s.apply(new Gelu(false), s.in(0));
            case "tanh" -> s.apply(new Gelu(true), s.in(0));
            default -> throw s.bad("has the attribute approximate \"" + form + "\", expected none or tanh");
        };
    }

    private static Term clip(Site s) {
        Term y = s.in(0);
        if (s.has(1)) {
            y = s.apply(new Binary(BinaryFunction.MAX), y, bound(s, 1));
        }
        if (s.has(2)) {
            y = s.apply(new Binary(BinaryFunction.MIN), y, bound(s, 2));
        }
        return y;
    }

    private static Term bound(Site s, int index) {
        if (s.in(index).shape().size() != 1) {
            throw s.bad("has a bound of shape " + s.in(index).shape() + ", expected one number");
        }
        return s.reshape(s.in(index), Shape.of());
    }

    private static Term cast(Site s) {
        if (!s.attributes().has("to")) {
            throw s.bad("lacks its attribute to");
        }
        DType to = s.dtype(s.attributes().integer("to", 0));
        return s.cast(s.in(0), to);
    }

    /** In inference the input itself; the mask keeps everything. */
    private static List<Term> dropout(Site s) {
        if (s.has(2) && s.known(2, "training_mode").getLong(0) != 0) {
            throw s.bad("is in training mode; export the model for inference (model.eval())");
        }
        Term x = s.in(0);
        if (!s.wants(1)) {
            return List.of(x);
        }
        return List.of(x, s.apply(new Fill(new TensorType(DType.BOOL, x.shape()), 1)));
    }
}
