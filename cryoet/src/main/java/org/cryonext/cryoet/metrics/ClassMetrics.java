package org.cryonext.cryoet.metrics;

/**
 * Figures of one class against all others. A quotient whose denominator is 0 counts as 0 (scikit-learn's
 * {@code zero_division=0}).
 *
 * @param name the class
 * @param precision share of the particles predicted as this class that belong to it
 * @param recall share of the particles of this class that were predicted as it
 * @param f1 harmonic mean of the two, with its interval
 * @param support number of particles of this class
 */
public record ClassMetrics(String name, double precision, double recall, Estimate f1, long support) {}
