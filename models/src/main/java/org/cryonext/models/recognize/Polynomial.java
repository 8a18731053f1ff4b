package org.cryonext.models.recognize;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.cryonext.engine.graph.Value;

/**
 * What additions and multiplications make of values, expanded into a sum of products, so that it does not matter in which
 * order and with which constants a file writes them: 0.5 x (1 + erf), x (0.5 + 0.5 erf) and x 0.5 + 0.5 erf x are the
 * same.
 *
 * @param terms the coefficient of each product of values
 */
record Polynomial(Map<Monomial, Coefficient> terms) {
    /** More than any part of a ConvNeXt has; expanding stops there. */
    private static final int MOST_TERMS = 256;

    /** Sum of the exponents in a product, whatever their signs: far more than any part of a ConvNeXt has. */
    private static final int HIGHEST_DEGREE = 64;

    /** Copies the map. */
    Polynomial {
        terms = Map.copyOf(terms);
    }

    static Polynomial of(Monomial monomial, Coefficient coefficient) {
        return new Polynomial(Map.of(monomial, coefficient));
    }

    static Polynomial of(Value value) {
        return of(Monomial.of(value), Coefficient.ONE);
    }

    static Polynomial constant(Coefficient coefficient) {
        return of(Monomial.ONE, coefficient);
    }

    /** Empty if it has too many terms. */
    Optional<Polynomial> plus(Polynomial other) {
        if (terms.size() + other.terms.size() > MOST_TERMS) {
            return Optional.empty();
        }
        Map<Monomial, Coefficient> sum = new HashMap<>(terms);
        other.terms.forEach((monomial, c) -> sum.merge(monomial, c, Coefficient::plus));
        return Optional.of(new Polynomial(sum));
    }

    Polynomial times(Coefficient factor) {
        Map<Monomial, Coefficient> scaled = new HashMap<>(terms);
        scaled.replaceAll((monomial, c) -> c.times(factor));
        return new Polynomial(scaled);
    }

    /** Empty if it has too many terms, or one of too high powers. */
    Optional<Polynomial> times(Polynomial other) {
        if (terms.size() * other.terms.size() > MOST_TERMS || degree() + other.degree() > HIGHEST_DEGREE) {
            return Optional.empty();
        }
        Map<Monomial, Coefficient> product = new HashMap<>();
        terms.forEach(
                (m, c) -> other.terms.forEach((n, d) -> product.merge(m.times(n), c.times(d), Coefficient::plus)));
        return Optional.of(new Polynomial(product));
    }

    private int degree() {
        return terms.keySet().stream().mapToInt(Monomial::degree).max().orElse(0);
    }

    /** 1 over this; empty unless it is a single product. */
    Optional<Polynomial> inverse() {
        if (terms.size() != 1) {
            return Optional.empty();
        }
        Map.Entry<Monomial, Coefficient> only = terms.entrySet().iterator().next();
        return Optional.of(of(only.getKey().inverse(), Coefficient.ONE.over(only.getValue())));
    }

    /** The coefficient of a product; empty if it is not in the sum. */
    Optional<Coefficient> coefficient(Monomial monomial) {
        return Optional.ofNullable(terms.get(monomial));
    }

    /** Whether a product has this coefficient, but for a part of it. */
    boolean has(Monomial monomial, double coefficient, double tolerance) {
        return coefficient(monomial).filter(c -> c.is(coefficient, tolerance)).isPresent();
    }

    /** Whether a product has exactly this coefficient. */
    boolean has(Monomial monomial, double coefficient) {
        return has(monomial, coefficient, 0);
    }

    /** The constant term; 0 if there is none. */
    Coefficient constant() {
        return terms.getOrDefault(Monomial.ONE, new Coefficient(0));
    }

    /** Whether nothing but these products is in the sum; a constant term counts as one. */
    boolean hasOnly(Monomial... monomials) {
        Map<Monomial, Coefficient> rest = new LinkedHashMap<>(terms);
        for (Monomial monomial : monomials) {
            rest.remove(monomial);
        }
        return rest.values().stream().allMatch(c -> c.is(0, 0));
    }
}
