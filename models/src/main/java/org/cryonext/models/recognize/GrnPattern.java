package org.cryonext.models.recognize;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.cryonext.engine.graph.Node;
import org.cryonext.engine.graph.Value;
import org.cryonext.engine.op.Reduce;
import org.cryonext.engine.op.ReduceFunction;
import org.cryonext.engine.op.Unary;
import org.cryonext.engine.op.UnaryFunction;

/**
 * Finds a global response normalisation, gamma (x N) + beta + x with N = G / (mean of G + epsilon) and G the norm of each
 * channel over the positions, in any order of its operations.
 *
 * @param algebra expands values
 */
record GrnPattern(Algebra algebra) {
    /** Whether a part of the graph joins the positions of an image: nothing in a block but GRN does. */
    static boolean isIn(Region region) {
        return region.last(Reductions::joinsPositions).isPresent();
    }

    /** The GRN that gives a value; empty if none does. */
    Optional<Norm> match(Value y) {
        Node reduce = Region.before(y).last(Reductions::joinsPositions).orElseThrow();
        if (((Reduce) reduce.op()).function() == ReduceFunction.L2) {
            return match(y, reduce.input("x"), reduce.output(0));
        }
        // sqrt(sum(x^2))
        Optional<Node> root = Region.before(y, Set.of(reduce.output(0)))
                .last(n -> n.op() instanceof Unary unary
                        && unary.function() == UnaryFunction.SQRT
                        && n.input("x").equals(reduce.output(0)));
        if (((Reduce) reduce.op()).function() != ReduceFunction.SUM || root.isEmpty()) {
            return Optional.empty();
        }
        for (Value x : candidates(reduce.input("x"))) {
            Polynomial square = algebra.of(reduce.input("x"), x);
            if (square.has(Monomial.power(x, 2), 1) && square.hasOnly(Monomial.power(x, 2))) {
                return match(y, x, root.orElseThrow().output(0));
            }
        }
        return Optional.empty();
    }

    /** What a square may be the square of. */
    private static List<Value> candidates(Value square) {
        return square.node().inputs().stream().distinct().toList();
    }

    private Optional<Norm> match(Value y, Value x, Value norm) {
        Optional<Node> mean = Region.before(y, Set.of(x, norm))
                .last(n -> Reductions.isMeanOfChannels(n) && n.input("x").equals(norm));
        if (mean.isEmpty() || !y.shape().equals(x.shape())) {
            return Optional.empty();
        }
        Value m = mean.orElseThrow().output(0);
        Polynomial p = algebra.of(y, x, norm, m);
        for (Map.Entry<Monomial, Coefficient> term : p.terms().entrySet()) {
            for (Value denominator : term.getKey().exponents().keySet()) {
                Monomial response = Monomial.of(x).times(Monomial.of(norm)).times(Monomial.power(denominator, -1));
                Polynomial sum = algebra.of(denominator, m);
                if (term.getKey().equals(response)
                        && p.has(Monomial.of(x), 1)
                        && p.hasOnly(response, Monomial.of(x), Monomial.ONE)
                        && sum.has(Monomial.of(m), 1)
                        && sum.hasOnly(Monomial.of(m), Monomial.ONE)
                        && sum.constant().values().length == 1) {
                    return Optional.of(new Norm(
                            x, term.getValue(), p.constant(), sum.constant().at(0), denominator.node()));
                }
            }
        }
        return Optional.empty();
    }
}
