package org.cryonext.models.onnx;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.cryonext.engine.op.Binary;
import org.cryonext.engine.op.BinaryFunction;
import org.cryonext.engine.op.LayerNorm;
import org.cryonext.engine.op.Reduce;
import org.cryonext.engine.op.ReduceFunction;
import org.cryonext.engine.op.Softmax;
import org.cryonext.engine.op.Unary;
import org.cryonext.engine.op.UnaryFunction;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.engine.tensor.TensorType;

/** Operators that relate each element to the others along some axes. */
final class NormalizationRules {
    private NormalizationRules() {}

    static void add(Map<String, Rule> rules) {
        rules.put(
                "LayerNormalization",
                new Rule(
                        Set.of("axis", "epsilon", "stash_type"),
                        2,
                        3,
                        3,
                        Set.of(),
                        NormalizationRules::layerNormalization));
        rules.put(
                "SimplifiedLayerNormalization",
                Rule.of(2, 2, NormalizationRules::simplified).with("axis", "epsilon", "stash_type"));
        rules.put("Softmax", Rule.of(1, 1, NormalizationRules::softmax).with("axis"));
    }

    /** Results: y, and the mean and 1 / deviation that it was normalised by, of type stash_type. */
    private static List<Term> layerNormalization(Site s) {
        Term x = s.in(0);
        int axis = s.axis(s.attributes().integer("axis", -1), x.shape().rank());
        float epsilon = s.attributes().real("epsilon", 1e-5f);
        DType stash = s.dtype(s.attributes().integer("stash_type", 1));
        if (!stash.isFloating() || !x.dtype().isFloating()) {
            throw s.bad("normalises " + x.dtype() + " in " + stash + ", expected real numbers");
        }
        Shape normalized = new Shape(x.shape().dims().subList(axis, x.shape().rank()));
        Term scale = s.in(1);
        Term bias = s.optional(2);
        boolean plain = scale.shape().equals(normalized)
                && (bias == null || bias.shape().equals(normalized))
                && scale.dtype() == x.dtype();
        if (plain && !s.wants(1) && !s.wants(2)) {
            return List.of(coarse(s, x, normalized, scale, bias, epsilon));
        }
        Term wide = s.cast(x, stash);
        List<Integer> axes = IntStream.range(axis, x.shape().rank()).boxed().toList();
        Term mean = s.apply(new Reduce(ReduceFunction.MEAN, axes), wide);
        Term centred = s.apply(new Binary(BinaryFunction.SUB), wide, mean);
        Term squares = s.apply(new Binary(BinaryFunction.MUL), centred, centred);
        Term variance = s.apply(new Reduce(ReduceFunction.MEAN, axes), squares);
        Term shifted = s.apply(new Binary(BinaryFunction.ADD), variance, s.scalar(stash, epsilon));
        Term deviation = s.apply(new Unary(UnaryFunction.SQRT), shifted);
        Term inverse = s.apply(new Binary(BinaryFunction.DIV), s.scalar(stash, 1), deviation);
        Term y;
        if (plain) {
            y = coarse(s, x, normalized, scale, bias, epsilon);
        } else {
            Term normal = s.cast(s.apply(new Binary(BinaryFunction.MUL), centred, inverse), x.dtype());
            y = s.apply(new Binary(BinaryFunction.MUL), normal, scale);
            y = bias == null ? y : s.apply(new Binary(BinaryFunction.ADD), y, bias);
            if (!y.shape().equals(x.shape())) {
                throw s.bad("scales " + x.shape() + " by " + scale.shape()
                        + (bias == null ? "" : " and adds " + bias.shape()) + ", which would change its shape");
            }
        }
        return List.of(y, mean, inverse);
    }

    /**
     * x / sqrt(mean of x^2 + epsilon) * scale. Not one of ONNX's, though ONNX Runtime's optimiser writes it as if it were,
     * in place of the chain of a LayerNorm behind its difference from the mean.
     */
    private static Term simplified(Site s) {
        Term x = s.in(0);
        int axis = s.axis(s.attributes().integer("axis", -1), x.shape().rank());
        DType stash = s.dtype(s.attributes().integer("stash_type", 1));
        if (!stash.isFloating() || !x.dtype().isFloating()) {
            throw s.bad("normalises " + x.dtype() + " in " + stash + ", expected real numbers");
        }
        List<Integer> axes = IntStream.range(axis, x.shape().rank()).boxed().toList();
        Term wide = s.cast(x, stash);
        Term mean = s.apply(new Reduce(ReduceFunction.MEAN, axes), s.apply(new Binary(BinaryFunction.MUL), wide, wide));
        Term shifted = s.apply(
                new Binary(BinaryFunction.ADD),
                mean,
                s.scalar(stash, s.attributes().real("epsilon", 1e-5f)));
        Term normal = s.apply(new Binary(BinaryFunction.DIV), wide, s.apply(new Unary(UnaryFunction.SQRT), shifted));
        Term y = s.apply(new Binary(BinaryFunction.MUL), s.cast(normal, x.dtype()), s.in(1));
        if (!y.shape().equals(x.shape())) {
            throw s.bad("scales " + x.shape() + " by " + s.in(1).shape() + ", which would change its shape");
        }
        return y;
    }

    /** Several axes are one where their weights have the same shape. */
    private static Term coarse(Site s, Term x, Shape normalized, Term scale, Term bias, float epsilon) {
        Shape channels = Shape.of(normalized.size());
        Term shift = bias == null
                ? s.constant(Tensor.zeros(new TensorType(x.dtype(), channels)))
                : s.reshape(bias, channels);
        long rows = normalized.size() == 0 ? 0 : x.shape().size() / normalized.size();
        Term flat = normalized.rank() == 1 ? x : s.reshape(x, Shape.of(rows, normalized.size()));
        return s.reshape(s.apply(new LayerNorm(epsilon), flat, s.reshape(scale, channels), shift), x.shape());
    }

    /** Until opset 12 over all dimensions from the axis on, since then over that axis alone. */
    private static Term softmax(Site s) {
        Term x = s.in(0);
        int rank = x.shape().rank();
        if (s.opset() >= 13) {
            return s.apply(new Softmax(s.axis(s.attributes().integer("axis", -1), rank)), x);
        }
        int axis = s.axis(s.attributes().integer("axis", 1), rank);
        List<Long> dims = x.shape().dims();
        Shape flat = Shape.of(new Shape(dims.subList(0, axis)).size(), new Shape(dims.subList(axis, rank)).size());
        return s.reshape(s.apply(new Softmax(1), s.reshape(x, flat)), x.shape());
    }
}
