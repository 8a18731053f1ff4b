package org.cryonext.bench;

import java.util.List;

/**
 * Which kernels are timed, and how thoroughly.
 *
 * @param quick about two seconds a case instead of eight
 * @param threads worker threads
 * @param cases positions in the list of timings, from {@link KernelBenchmarks#choose}
 */
public record KernelSettings(boolean quick, int threads, List<Integer> cases) {}
