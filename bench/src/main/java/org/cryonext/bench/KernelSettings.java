package org.cryonext.bench;

/**
 * Which kernels are timed, and how thoroughly.
 *
 * @param quick about a second a case instead of eight
 * @param threads worker threads
 * @param filter only cases whose text contains this; empty for all
 */
public record KernelSettings(boolean quick, int threads, String filter) {}
