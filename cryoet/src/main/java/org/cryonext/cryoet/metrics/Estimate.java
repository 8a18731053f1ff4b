package org.cryonext.cryoet.metrics;

/**
 * A figure with its 95 % interval.
 *
 * @param value the figure on the sample itself
 * @param low 2.5 % percentile of the bootstrap resamples
 * @param high 97.5 % percentile of the bootstrap resamples
 */
public record Estimate(double value, double low, double high) {}
