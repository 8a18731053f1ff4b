package org.cryonext.bench.roofline;

/**
 * One node of a program beside what bounds it.
 *
 * @param node the layer it computes, where it is known, and the operator
 * @param output shape of its first output
 * @param gigaflop 1e9 floating-point operations of a run
 * @param megabytes 1e6 bytes of its inputs and outputs, each once
 * @param bound {@code compute} or {@code memory}, whichever takes longer at the machine's ceilings
 * @param ceiling milliseconds that it would take at that ceiling
 * @param measured milliseconds that it took
 * @param lost milliseconds between them; below 0 where caches were faster than memory
 */
public record RooflineRow(
        String node,
        String output,
        double gigaflop,
        double megabytes,
        String bound,
        double ceiling,
        double measured,
        double lost) {}
