package org.cryonext.engine.backend.reference;

/** The standard normal distribution in double precision. */
final class NormalDistribution {
    private NormalDistribution() {}

    /** Density phi(x). */
    static double density(double x) {
        return Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
    }

    /**
     * Distribution function Phi(x), relative error below 1e-14: the series x + x^3/3 + x^5/15 + ... times phi near zero
     * (Abramowitz, Stegun 26.2.11), and the continued fraction 1/(x + 1/(x + 2/(x + ...))) in the tails (26.2.14).
     */
    static double cumulative(double x) {
        double a = Math.abs(x);
        if (a < 3.5) {
            double term = x;
            double sum = x;
            for (int i = 3; Math.abs(term) > 1e-17 * Math.abs(sum); i += 2) {
                term *= x * x / i;
                sum += term;
            }
            // On the left the two terms nearly cancel; the fraction is not needed there, but the mirror image is.
            return x < -1 ? tail(a) : 0.5 + density(x) * sum;
        }
        return x < 0 ? tail(a) : 1 - tail(a);
    }

    /** The error function, relative error below 2e-15: the same series, which has no 0.5 to cancel, and the tail. */
    static double erf(double x) {
        double a = Math.abs(x);
        if (a >= 2.5) {
            return Math.copySign(1 - 2 * tail(a * Math.sqrt(2)), x);
        }
        double term = x;
        double sum = x;
        for (int i = 3; Math.abs(term) > 1e-17 * Math.abs(sum); i += 2) {
            term *= 2 * x * x / i;
            sum += term;
        }
        return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
    }

    /** 1 - Phi(x) for x above 1. */
    private static double tail(double x) {
        double fraction = x;
        for (int i = 200; i > 0; i--) {
            fraction = x + i / fraction;
        }
        return density(x) / fraction;
    }
}
