package org.cryonext.models.recognize;

import java.util.Optional;
import java.util.Set;
import org.cryonext.engine.graph.Node;
import org.cryonext.engine.graph.Value;
import org.cryonext.engine.op.LayerNorm;
import org.cryonext.engine.op.Unary;
import org.cryonext.engine.op.UnaryFunction;

/**
 * Finds a LayerNorm over the channels: as one node, or as the chain of means, differences, a square and a root that
 * exporters write, in any order of its operations.
 *
 * @param algebra expands values
 */
record LayerNormPattern(Algebra algebra) {
    /** The LayerNorm that gives a value; empty if none does. */
    Optional<Norm> match(Value y) {
        return node(y).or(() -> chain(y));
    }

    /** One node, and perhaps a factor and a summand for each channel behind it. */
    private Optional<Norm> node(Value y) {
        Optional<Node> found = Region.before(y).last(n -> n.op() instanceof LayerNorm);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        Node node = found.orElseThrow();
        Value normal = node.output(0);
        Polynomial result = algebra.of(y, normal);
        if (!y.shape().equals(normal.shape())
                || result.coefficient(Monomial.of(normal)).isEmpty()
                || !result.hasOnly(Monomial.of(normal), Monomial.ONE)) {
            return Optional.empty();
        }
        Coefficient factor = result.coefficient(Monomial.of(normal)).orElseThrow();
        return Optional.of(new Norm(
                node.input("x"),
                constant(node, "weight").times(factor),
                constant(node, "bias").times(factor).plus(result.constant()),
                ((LayerNorm) node.op()).epsilon(),
                node));
    }

    private Coefficient constant(Node node, String name) {
        return Coefficient.of(algebra.constants().get(node.input(name)));
    }

    private Optional<Norm> chain(Value y) {
        Optional<Node> variance = Region.before(y).last(Reductions::isMeanOfChannels);
        if (variance.isEmpty()) {
            return Optional.empty();
        }
        Value v = variance.orElseThrow().output(0);
        Optional<Node> mean = Region.before(variance.orElseThrow().input("x")).last(Reductions::isMeanOfChannels);
        if (mean.isEmpty()) {
            return Optional.empty();
        }
        Value m = mean.orElseThrow().output(0);
        Value x = mean.orElseThrow().input("x");
        return isVariance(variance.orElseThrow().input("x"), x, m) ? chain(y, x, m, v) : Optional.empty();
    }

    /** Whether a value is (x - m)^2. */
    private boolean isVariance(Value square, Value x, Value m) {
        Polynomial p = algebra.of(square, x, m);
        Monomial xm = Monomial.of(x).times(Monomial.of(m));
        return p.has(Monomial.power(x, 2), 1)
                && p.has(xm, -2)
                && p.has(Monomial.power(m, 2), 1)
                && p.hasOnly(Monomial.power(x, 2), xm, Monomial.power(m, 2));
    }

    /** Whether y is (x - m) / sqrt(v + epsilon) * weight + bias. */
    private Optional<Norm> chain(Value y, Value x, Value m, Value v) {
        Optional<Node> root = Region.before(y, Set.of(x, m, v))
                .last(n -> n.op() instanceof Unary unary && unary.function() == UnaryFunction.SQRT);
        if (root.isEmpty()) {
            return Optional.empty();
        }
        Value deviation = root.orElseThrow().output(0);
        Polynomial radicand = algebra.of(root.orElseThrow().input("x"), v);
        Polynomial p = algebra.of(y, x, m, v, deviation);
        Monomial scale = Monomial.power(deviation, -1);
        Monomial ofX = Monomial.of(x).times(scale);
        Monomial ofMean = Monomial.of(m).times(scale);
        Optional<Coefficient> weight = p.coefficient(ofX);
        Optional<Coefficient> negative = p.coefficient(ofMean);
        boolean matches = radicand.has(Monomial.of(v), 1)
                && radicand.hasOnly(Monomial.of(v), Monomial.ONE)
                && radicand.constant().values().length == 1
                && weight.isPresent()
                && negative.isPresent()
                && negative.orElseThrow().negative().same(weight.orElseThrow())
                && p.hasOnly(ofX, ofMean, Monomial.ONE)
                && y.shape().equals(x.shape());
        return matches
                ? Optional.of(new Norm(
                        x,
                        weight.orElseThrow(),
                        p.constant(),
                        radicand.constant().at(0),
                        root.orElseThrow()))
                : Optional.empty();
    }
}
