package org.cryonext.models.recognize;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.graph.Value;
import org.cryonext.engine.op.Activation;
import org.cryonext.engine.op.Binary;
import org.cryonext.engine.op.BinaryFunction;
import org.cryonext.engine.op.Linear;
import org.cryonext.engine.op.Reduce;
import org.cryonext.engine.op.ReduceFunction;
import org.cryonext.engine.op.Unary;
import org.cryonext.engine.op.UnaryFunction;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.engine.tensor.TensorType;
import org.junit.jupiter.api.Test;

/** Algebra is recognised in any order, and only if it is the right one. */
class PatternsTest {
    private static final double TOLERANCE = 2e-6;

    private final Graph graph = new Graph();
    private final Map<Value, Tensor> constants = new HashMap<>();
    private final Algebra algebra = new Algebra(constants);
    private final Value linear =
            graph.add(new Linear(), graph.input("x", TensorType.f32(1, 2, 2, 3)), constant(new float[6], 2, 3));

    private Value constant(float[] values, long... dims) {
        Tensor tensor = Tensor.of(values, dims);
        Value value = graph.variable("c" + constants.size(), tensor.type());
        constants.put(value, tensor);
        return value;
    }

    private Value number(double value) {
        return constant(new float[] {(float) value});
    }

    private Value add(Value a, Value b) {
        return graph.add(new Binary(BinaryFunction.ADD), a, b);
    }

    private Value sub(Value a, Value b) {
        return graph.add(new Binary(BinaryFunction.SUB), a, b);
    }

    private Value mul(Value a, Value b) {
        return graph.add(new Binary(BinaryFunction.MUL), a, b);
    }

    private Value div(Value a, Value b) {
        return graph.add(new Binary(BinaryFunction.DIV), a, b);
    }

    private Value pow(Value a, double exponent) {
        return graph.add(new Binary(BinaryFunction.POW), a, number(exponent));
    }

    private Value unary(UnaryFunction function, Value x) {
        return graph.add(new Unary(function), x);
    }

    private Value erf(Value x) {
        return unary(UnaryFunction.ERF, x);
    }

    private Value reduce(ReduceFunction function, Value x, Integer... axes) {
        return graph.add(new Reduce(function, List.of(axes)), x);
    }

    private Optional<GeluPattern.Match> gelu(Value y) {
        return new GeluPattern(algebra, TOLERANCE).match(y, linear.node());
    }

    @Test
    void geluInAnyOrder() {
        Value x = add(linear, constant(new float[] {1, 2}, 2));
        Value e = erf(div(x, number(Math.sqrt(2))));
        Value same = erf(mul(number(Math.sqrt(0.5)), x));
        List<Value> forms = List.of(
                mul(mul(x, add(e, number(1))), number(0.5)),
                mul(mul(number(0.5), x), add(number(1), same)),
                mul(x, add(mul(e, number(0.5)), number(0.5))),
                add(mul(number(0.5), x), mul(mul(x, same), number(0.5))),
                div(mul(add(number(1), e), x), number(2)));
        for (Value form : forms) {
            assertThat(gelu(form)).contains(new GeluPattern.Match(x, Activation.GELU));
        }
    }

    @Test
    void tanhGeluInAnyOrder() {
        Value x = linear;
        double scale = Math.sqrt(2 / Math.PI);
        Value cube = add(x, mul(number(0.044715), pow(x, 3)));
        Value nested = mul(mul(x, number(scale)), add(number(1), mul(mul(number(0.044715), x), x)));
        for (Value argument : List.of(mul(number(scale), cube), nested)) {
            Value t = unary(UnaryFunction.TANH, argument);
            assertThat(gelu(mul(mul(number(0.5), x), add(number(1), t))))
                    .contains(new GeluPattern.Match(x, Activation.GELU_TANH));
        }
    }

    @Test
    void whatIsNearlyGeluIsNone() {
        Value x = linear;
        Value e = erf(div(x, number(Math.sqrt(2))));
        assertThat(gelu(mul(mul(x, add(e, number(1))), number(0.51)))).isEmpty();
        assertThat(gelu(mul(mul(x, sub(number(1), e)), number(0.5)))).isEmpty();
        assertThat(gelu(mul(mul(x, add(erf(div(x, number(1.5))), number(1))), number(0.5))))
                .isEmpty();
        assertThat(gelu(add(mul(mul(x, add(e, number(1))), number(0.5)), number(0.1))))
                .isEmpty();
        assertThat(gelu(mul(mul(x, add(e, number(1))), constant(new float[] {0.5f, 0.6f}, 2))))
                .isEmpty();
    }

    private Optional<Norm> norm(Value y) {
        return new LayerNormPattern(algebra).match(y);
    }

    @Test
    void layerNormInAnyOrder() {
        Value x = linear;
        Value m = reduce(ReduceFunction.MEAN, x, 3);
        Value d = sub(x, m);
        Value v = reduce(ReduceFunction.MEAN, mul(d, d), 3);
        Value root = unary(UnaryFunction.SQRT, add(number(1e-6), v));
        Value w = constant(new float[] {3, 4}, 2);
        Value b = constant(new float[] {5, 6}, 2);
        Value inverse = div(number(1), root);
        for (Value form : List.of(
                add(mul(div(d, root), w), b),
                add(b, mul(w, mul(d, inverse))),
                add(mul(x, mul(inverse, w)), sub(b, mul(m, mul(inverse, w)))))) {
            Norm found = norm(form).orElseThrow();
            assertThat(found.x()).isEqualTo(x);
            assertThat(found.weight().values()).containsExactly(3, 4);
            assertThat(found.bias().values()).containsExactly(5, 6);
            assertThat((float) found.epsilon()).isEqualTo(1e-6f);
        }
        assertThat(norm(div(d, root)).orElseThrow().weight().values()).containsExactly(1);
    }

    @Test
    void whatIsNearlyLayerNormIsNone() {
        Value x = linear;
        Value m = reduce(ReduceFunction.MEAN, x, 3);
        Value rows = reduce(ReduceFunction.MEAN, x, 1);
        Value d = sub(x, m);
        Value v = reduce(ReduceFunction.MEAN, pow(d, 2), 3);
        Value root = unary(UnaryFunction.SQRT, add(v, number(1e-6)));
        assertThat(norm(div(x, root))).isEmpty();
        assertThat(norm(div(sub(x, rows), root))).isEmpty();
        assertThat(norm(div(d, add(unary(UnaryFunction.SQRT, v), number(1e-6)))))
                .isEmpty();
        assertThat(norm(div(d, unary(UnaryFunction.SQRT, add(mul(v, number(1.5)), number(1e-6))))))
                .isEmpty();
        assertThat(norm(mul(div(d, root), x))).isEmpty();
        Value raw = reduce(ReduceFunction.MEAN, mul(x, x), 3);
        assertThat(norm(div(d, unary(UnaryFunction.SQRT, add(raw, number(1e-6))))))
                .isEmpty();
    }

    @Test
    void responseNormalisationInAnyOrder() {
        Value x = linear;
        Value w = constant(new float[] {3, 4}, 2);
        Value b = constant(new float[] {5, 6}, 2);
        Value l2 = reduce(ReduceFunction.L2, x, 1, 2);
        Value sum = unary(UnaryFunction.SQRT, reduce(ReduceFunction.SUM, mul(x, x), 1, 2));
        for (Value g : List.of(l2, sum)) {
            Value n = div(g, add(reduce(ReduceFunction.MEAN, g, 3), number(1e-6)));
            for (Value form : List.of(
                    add(add(mul(w, mul(x, n)), b), x),
                    add(x, add(b, mul(mul(n, w), x))),
                    add(mul(x, add(mul(w, n), number(1))), b))) {
                Norm found = new GrnPattern(algebra).match(form).orElseThrow();
                assertThat(found.x()).isEqualTo(x);
                assertThat(found.weight().values()).containsExactly(3, 4);
                assertThat(found.bias().values()).containsExactly(5, 6);
                assertThat((float) found.epsilon()).isEqualTo(1e-6f);
            }
            assertThat(new GrnPattern(algebra).match(add(mul(w, mul(x, n)), b))).isEmpty();
            assertThat(new GrnPattern(algebra).match(add(add(mul(w, mul(x, g)), b), x)))
                    .isEmpty();
        }
    }

    /** x^(2^32) has an exponent that an int takes for 0, and x^0 is 1. */
    @Test
    void powersDoNotWrapAround() {
        Value power = linear;
        for (int i = 0; i < 32; i++) {
            power = mul(power, power);
        }
        Polynomial p = algebra.of(mul(linear, power), linear);
        assertThat(p.coefficient(Monomial.of(linear))).isEmpty();
        assertThat(Affine.of(mul(linear, power), algebra)).isEmpty();
    }

    @Test
    void whatMakesAResultLargerIsNoPartOfALayer() {
        Value one = graph.add(new Linear(), linear, constant(new float[2], 1, 2));
        Value many = mul(one, constant(new float[] {1, 2, 3}, 3));
        assertThat(Affine.of(many, algebra)).isEmpty();
        assertThat(Affine.of(mul(one, number(2)), algebra)).isPresent();

        Value m = reduce(ReduceFunction.MEAN, one, 3);
        Value d = sub(one, m);
        Value root = unary(UnaryFunction.SQRT, add(reduce(ReduceFunction.MEAN, mul(d, d), 3), number(1e-6)));
        assertThat(norm(div(d, root))).isPresent();
        assertThat(norm(mul(div(d, root), constant(new float[] {1, 2, 3}, 3)))).isEmpty();
    }

    @Test
    void chainsOfAnyLengthAreExpanded() {
        Value y = linear;
        for (int i = 0; i < 50_000; i++) {
            y = add(y, number(1));
        }
        assertThat(Affine.of(y, algebra).orElseThrow().summand().values()).containsExactly(50_000);
        assertThat(gelu(mul(erf(y), y))).isEmpty();
    }
}
