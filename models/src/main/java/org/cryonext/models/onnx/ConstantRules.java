package org.cryonext.models.onnx;

import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import org.cryonext.engine.op.Fill;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.engine.tensor.TensorType;

/** Operators whose results are known before the run. */
final class ConstantRules {
    private ConstantRules() {}

    static void add(Map<String, Rule> rules) {
        rules.put(
                "Constant",
                Rule.of(0, 0, ConstantRules::constant)
                        .with("value", "value_float", "value_floats", "value_int", "value_ints"));
        rules.put(
                "ConstantOfShape",
                Rule.of(1, 1, ConstantRules::ofShape).with("value").shapedBy(0));
        // The arithmetic of shapes, as exporters write it for paddings; images are never rounded.
        rules.put("Ceil", Rule.of(1, 1, s -> each(s, Math::ceil)).shapedBy(0));
        rules.put("Floor", Rule.of(1, 1, s -> each(s, Math::floor)).shapedBy(0));
        rules.put("Range", Rule.of(3, 3, ConstantRules::range).shapedBy(0, 1, 2));
    }

    private static Term constant(Site s) {
        Attributes a = s.attributes();
        if (a.names().size() != 1) {
            throw s.bad("has the attributes " + a.names() + ", expected one that gives its value");
        }
        return s.constant(
                switch (a.names().iterator().next()) {
                    case "value" -> a.tensor("value").orElseThrow();
                    case "value_float" -> Tensor.of(new float[] {a.real("value_float", 0)});
                    case "value_int" -> Tensor.of(new long[] {a.integer("value_int", 0)});
                    case "value_floats" -> {
                        float[] values = a.reals("value_floats").orElseThrow();
                        yield Tensor.of(values, values.length);
                    }
                    default -> {
                        long[] values = a.integers("value_ints").orElseThrow();
                        yield Tensor.of(values, values.length);
                    }
                });
    }

    private static Term ofShape(Site s) {
        Tensor value = s.attributes().tensor("value").orElse(Tensor.of(new float[1], 1));
        if (value.size() != 1) {
            throw s.bad("has a value of shape " + value.shape() + ", expected one number");
        }
        Shape shape = Shape.of(s.knownLongs(0, "input"));
        DType dtype = s.dtype(value.dtype());
        return s.apply(new Fill(new TensorType(dtype, shape), value.get(0)));
    }

    private static Term each(Site s, DoubleUnaryOperator function) {
        Tensor x = s.known(0, "X");
        if (!x.dtype().isFloating()) {
            throw s.bad("rounds " + x.dtype() + ", expected real numbers");
        }
        s.afford(x.size());
        Tensor y = Tensor.zeros(x.type());
        for (long i = 0; i < x.size(); i++) {
            y.set(i, function.applyAsDouble(x.get(i)));
        }
        return s.constant(y);
    }

    private static Term range(Site s) {
        Tensor start = number(s, 0, "start");
        Tensor limit = number(s, 1, "limit");
        Tensor delta = number(s, 2, "delta");
        if (limit.dtype() != start.dtype() || delta.dtype() != start.dtype()) {
            throw s.bad("has bounds of types " + start.dtype() + ", " + limit.dtype() + " and " + delta.dtype()
                    + ", expected one type");
        }
        if (delta.get(0) == 0) {
            throw s.bad("has a delta of 0");
        }
        double count = Math.max(0, Math.ceil((limit.get(0) - start.get(0)) / delta.get(0)));
        // NaN is beyond, too.
        if (!(count <= Integer.MAX_VALUE)) {
            throw s.bad("makes " + count + " values");
        }
        s.afford((long) count);
        Tensor values = Tensor.zeros(new TensorType(start.dtype(), Shape.of((long) count)));
        for (int i = 0; i < (int) count; i++) {
            if (start.dtype().isFloating()) {
                values.set(i, start.get(0) + i * delta.get(0));
            } else {
                values.setLong(i, start.getLong(0) + i * delta.getLong(0));
            }
        }
        return s.constant(values);
    }

    private static Tensor number(Site s, int index, String what) {
        Tensor tensor = s.known(index, what);
        if (tensor.size() != 1) {
            throw s.bad("has a " + what + " of shape " + tensor.shape() + ", expected one number");
        }
        return tensor;
    }
}
