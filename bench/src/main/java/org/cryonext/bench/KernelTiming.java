package org.cryonext.bench;

/**
 * What one kernel reached.
 *
 * @param operator name of the operator
 * @param shape the case as the list writes it
 * @param threads worker threads
 * @param microseconds mean time of a run
 * @param spread half of the 99.9 % confidence interval, microseconds; NaN with too few iterations
 * @param gigaflops 1e9 floating-point operations a second, by the operator's own count
 * @param gigabytes 1e9 bytes a second, each input and output counted once
 */
public record KernelTiming(
        String operator,
        String shape,
        int threads,
        double microseconds,
        double spread,
        double gigaflops,
        double gigabytes) {}
