package org.cryonext.cryoet.metrics;

import java.util.List;
import java.util.Locale;

/**
 * McNemar's exact test: whether two classifiers of the same particles are right equally often. Only particles count that
 * one of them gets right and the other wrong; if the two are equally good, each such particle falls on either side like a
 * coin. Source: McNemar 1947, Psychometrika 12, 153, with the binomial distribution in place of its approximation.
 *
 * @param onlyFirst particles that the first alone got right
 * @param onlySecond particles that the second alone got right
 */
public record McNemar(long onlyFirst, long onlySecond) {
    private static final double LEAST = 0.001;

    /** @throws IllegalArgumentException where a count is negative */
    public McNemar {
        if (onlyFirst < 0 || onlySecond < 0) {
            throw new IllegalArgumentException("negative counts " + onlyFirst + ", " + onlySecond);
        }
    }

    /**
     * Counts the particles on which the two differ.
     *
     * @throws org.cryonext.engine.io.InputException where the two are not of the same particles
     */
    public static McNemar of(List<Prediction> first, List<Prediction> second) {
        return of(Pair.of(first, second));
    }

    static McNemar of(List<Pair> pairs) {
        return new McNemar(
                pairs.stream()
                        .filter(pair -> pair.firstCorrect() && !pair.secondCorrect())
                        .count(),
                pairs.stream()
                        .filter(pair -> !pair.firstCorrect() && pair.secondCorrect())
                        .count());
    }

    /** Probability of a split at least as uneven if the two were equally good; two-sided, 1 where they never differ. */
    public double p() {
        long n = onlyFirst + onlySecond;
        long k = Math.min(onlyFirst, onlySecond);
        double logTerm = -n * StrictMath.log(2);
        for (long i = 1; i <= k; i++) {
            logTerm += StrictMath.log((double) (n - i + 1) / i);
        }
        // From the largest term down: C(n, i - 1) = C(n, i) * i / (n - i + 1).
        double term = StrictMath.exp(logTerm);
        double sum = 0;
        for (long i = k; i >= 0 && term > 0; i--) {
            sum += term;
            term *= (double) i / (n - i + 1);
        }
        return Math.min(1, 2 * sum);
    }

    /** The probability for a reader: {@code 0.012}, or {@code < 0.001}. */
    public String text() {
        double p = p();
        return p < LEAST ? "< " + LEAST : String.format(Locale.ROOT, "%.3f", p);
    }
}
