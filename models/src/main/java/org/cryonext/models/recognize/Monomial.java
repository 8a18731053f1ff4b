package org.cryonext.models.recognize;

import java.util.HashMap;
import java.util.Map;
import org.cryonext.engine.graph.Value;

/**
 * A product of powers of values.
 *
 * @param exponents of each value, none 0
 */
record Monomial(Map<Value, Integer> exponents) {
    static final Monomial ONE = new Monomial(Map.of());

    /** Copies the map. */
    Monomial {
        exponents = Map.copyOf(exponents);
    }

    static Monomial of(Value value) {
        return power(value, 1);
    }

    static Monomial power(Value value, int exponent) {
        return new Monomial(Map.of(value, exponent));
    }

    Monomial times(Monomial other) {
        Map<Value, Integer> product = new HashMap<>(exponents);
        other.exponents.forEach((value, e) -> product.merge(value, e, Integer::sum));
        product.values().removeIf(e -> e == 0);
        return new Monomial(product);
    }

    /** Sum of the exponents, whatever their signs. */
    int degree() {
        return exponents.values().stream().mapToInt(Math::abs).sum();
    }

    Monomial inverse() {
        Map<Value, Integer> inverse = new HashMap<>(exponents);
        inverse.replaceAll((value, e) -> -e);
        return new Monomial(inverse);
    }
}
