package org.cryonext.models.recognize;

import java.util.Optional;
import org.cryonext.engine.graph.Node;
import org.cryonext.engine.graph.Value;
import org.cryonext.engine.op.Activation;
import org.cryonext.engine.op.Gelu;
import org.cryonext.engine.op.Unary;
import org.cryonext.engine.op.UnaryFunction;

/**
 * Finds a GELU: one node, x (1 + erf(x / sqrt 2)) / 2, or x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2, in any order
 * of its operations.
 *
 * @param algebra expands values
 * @param tolerance how far the file's constants may be off, because of their element type
 */
record GeluPattern(Algebra algebra, double tolerance) {
    private static final double ERF_SCALE = Math.sqrt(0.5);
    private static final double TANH_SCALE = Math.sqrt(2 / Math.PI);
    private static final double TANH_CUBIC = 0.044715 * TANH_SCALE;

    /**
     * A GELU that was found.
     *
     * @param x what it is applied to
     * @param form which of the two forms it has
     */
    record Match(Value x, Activation form) {}

    /**
     * The GELU that gives a value.
     *
     * @param linear the layer before it
     */
    Optional<Match> match(Value y, Node linear) {
        if (y.node().op() instanceof Gelu gelu) {
            return Optional.of(new Match(y.node().input("x"), gelu.tanh() ? Activation.GELU_TANH : Activation.GELU));
        }
        Region region = Region.before(y);
        Optional<Node> function = region.last(n ->
                n.op() instanceof Unary u && (u.function() == UnaryFunction.ERF || u.function() == UnaryFunction.TANH));
        if (function.isEmpty() || region.isLarge()) {
            return Optional.empty();
        }
        // The argument may be the layer's result, with its bias, or scaled: whichever makes the sum come out.
        for (Node candidate : region.inner()) {
            Optional<Match> match = match(y, function.orElseThrow(), candidate.output(0));
            if (match.isPresent()) {
                return match;
            }
        }
        return match(y, function.orElseThrow(), linear.output(0));
    }

    private Optional<Match> match(Value y, Node function, Value x) {
        Value f = function.output(0);
        Monomial xf = Monomial.of(x).times(Monomial.of(f));
        Polynomial p = algebra.of(y, x, f);
        boolean gates =
                p.has(Monomial.of(x), 0.5, tolerance) && p.has(xf, 0.5, tolerance) && p.hasOnly(Monomial.of(x), xf);
        Polynomial argument = algebra.of(function.input("x"), x);
        boolean erf = ((Unary) function.op()).function() == UnaryFunction.ERF;
        Monomial cube = Monomial.power(x, 3);
        boolean fits = erf
                ? argument.has(Monomial.of(x), ERF_SCALE, tolerance) && argument.hasOnly(Monomial.of(x))
                : argument.has(Monomial.of(x), TANH_SCALE, tolerance)
                        && argument.has(cube, TANH_CUBIC, tolerance)
                        && argument.hasOnly(Monomial.of(x), cube);
        return gates && fits && y.shape().equals(x.shape())
                ? Optional.of(new Match(x, erf ? Activation.GELU : Activation.GELU_TANH))
                : Optional.empty();
    }
}
