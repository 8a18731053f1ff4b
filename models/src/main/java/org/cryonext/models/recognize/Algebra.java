package org.cryonext.models.recognize;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.cryonext.engine.graph.Node;
import org.cryonext.engine.graph.Value;
import org.cryonext.engine.op.Binary;
import org.cryonext.engine.tensor.Tensor;

/**
 * Expands values into {@link Polynomial}s of other values.
 *
 * @param constants the values of the graph's variables
 */
record Algebra(Map<Value, Tensor> constants) {
    private static final int HIGHEST_POWER = 4;

    /**
     * A value as a polynomial of what is not computed by additions and multiplications.
     *
     * @param known values not to be looked into
     */
    Polynomial of(Value value, Value... known) {
        return new Expansion(Set.copyOf(List.of(known))).of(value);
    }

    /** Whether a value is a constant that an activation may be scaled or shifted by. */
    private boolean isCoefficient(Value value) {
        return constants.containsKey(value) && value.shape().rank() <= 1;
    }

    private final class Expansion {
        private final Set<Value> known;
        private final Map<Value, Polynomial> done = new HashMap<>();

        Expansion(Set<Value> known) {
            this.known = known;
        }

        Polynomial of(Value value) {
            Polynomial before = done.get(value);
            if (before == null) {
                before = known.contains(value) ? Polynomial.of(value) : expand(value);
                done.put(value, before);
            }
            return before;
        }

        private Polynomial expand(Value value) {
            if (isCoefficient(value)) {
                return Polynomial.constant(Coefficient.of(constants.get(value)));
            }
            if (!(value.node().op() instanceof Binary binary)) {
                return Polynomial.of(value);
            }
            Node node = value.node();
            Polynomial a = of(node.input("a"));
            return switch (binary.function()) {
                case ADD -> a.plus(of(node.input("b")));
                case SUB -> a.plus(of(node.input("b")).times(new Coefficient(-1)));
                case MUL -> a.times(of(node.input("b"))).orElse(Polynomial.of(value));
                case DIV -> {
                    Polynomial b = of(node.input("b"));
                    Polynomial inverse =
                            b.inverse().orElse(Polynomial.of(Monomial.power(node.input("b"), -1), Coefficient.ONE));
                    yield a.times(inverse).orElse(Polynomial.of(value));
                }
                case POW -> power(a, node.input("b")).orElse(Polynomial.of(value));
                case MIN, MAX -> Polynomial.of(value);
            };
        }

        private Optional<Polynomial> power(Polynomial base, Value exponent) {
            if (!isCoefficient(exponent) || constants.get(exponent).size() != 1) {
                return Optional.empty();
            }
            double e = constants.get(exponent).get(0);
            if (e != Math.rint(e) || e < 1 || e > HIGHEST_POWER) {
                return Optional.empty();
            }
            Optional<Polynomial> result = Optional.of(base);
            for (int i = 1; i < e; i++) {
                result = result.flatMap(p -> p.times(base));
            }
            return result;
        }
    }
}
