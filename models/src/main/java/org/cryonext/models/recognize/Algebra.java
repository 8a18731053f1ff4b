package org.cryonext.models.recognize;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
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

        /** Without recursion: a file may chain as many operations as it likes. */
        Polynomial of(Value value) {
            Deque<Value> open = new ArrayDeque<>(List.of(value));
            while (!open.isEmpty()) {
                Value next = open.peek();
                List<Value> missing =
                        operands(next).filter(v -> !done.containsKey(v)).toList();
                if (missing.isEmpty()) {
                    open.pop();
                    done.computeIfAbsent(next, this::expand);
                } else {
                    missing.forEach(open::push);
                }
            }
            return done.get(value);
        }

        /** What has to be expanded before a value. */
        private Stream<Value> operands(Value value) {
            return isOpaque(value)
                    ? Stream.empty()
                    : Stream.of(value.node().input("a"), value.node().input("b"));
        }

        /** Whether a value stands for itself, or is a constant. */
        private boolean isOpaque(Value value) {
            return known.contains(value)
                    || isCoefficient(value)
                    || !(value.node().op() instanceof Binary);
        }

        private Polynomial expand(Value value) {
            Polynomial itself = Polynomial.of(value);
            if (known.contains(value)) {
                return itself;
            }
            if (isCoefficient(value)) {
                return Polynomial.constant(Coefficient.of(constants.get(value)));
            }
            if (!(value.node().op() instanceof Binary binary)) {
                return itself;
            }
            Value second = value.node().input("b");
            Polynomial a = done.get(value.node().input("a"));
            Polynomial b = done.get(second);
            return switch (binary.function()) {
                case ADD -> a.plus(b).orElse(itself);
                case SUB -> a.plus(b.times(new Coefficient(-1))).orElse(itself);
                case MUL -> a.times(b).orElse(itself);
                case DIV ->
                    a.times(b.inverse().orElse(Polynomial.of(Monomial.power(second, -1), Coefficient.ONE)))
                            .orElse(itself);
                case POW -> power(a, second).orElse(itself);
                case MIN, MAX -> itself;
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
