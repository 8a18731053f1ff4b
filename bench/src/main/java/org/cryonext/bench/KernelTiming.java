package org.cryonext.bench;

/**
 * What one kernel reached.
 *
 * @param operator the operator and what it is set to
 * @param inputs names and shapes of its inputs
 * @param threads worker threads
 * @param microseconds mean time of a run
 * @param spread half of the 99.9 % confidence interval, microseconds
 * @param gigaflops 1e9 floating-point operations a second, by the operator's own count
 * @param gigabytes 1e9 bytes a second, each input and output counted once
 * @param peakShare {@code gigaflops} as a part of what this machine reaches in registers alone
 * @param memoryShare {@code gigabytes} as a part of what its memory delivers; above 1 where caches helped
 */
public record KernelTiming(
        String operator,
        String inputs,
        int threads,
        double microseconds,
        double spread,
        double gigaflops,
        double gigabytes,
        double peakShare,
        double memoryShare) {}
