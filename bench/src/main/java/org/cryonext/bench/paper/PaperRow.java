package org.cryonext.bench.paper;

/**
 * Launches of one kernel for one shape.
 *
 * @param kernel as a card's driver names it
 * @param output type and shape of the result that it works for
 * @param launches how many of a step
 * @param blocks of a launch
 * @param readMegabytes 1e6 bytes that all of them read, each once a launch
 * @param writtenMegabytes 1e6 bytes that all of them write
 * @param gigaflop 1e9 operations of all of them, the padding of tiles included
 * @param microseconds of all of them, as modelled
 * @param roofline microseconds of all of them at the card's peaks
 * @param bound what takes most of the time: {@code bytes}, {@code flops}, {@code latency} or {@code launch}
 * @param computeShare efficiency that is assumed of operations
 * @param memoryShare efficiency that is assumed of bytes
 */
public record PaperRow(
        String kernel,
        String output,
        int launches,
        long blocks,
        double readMegabytes,
        double writtenMegabytes,
        double gigaflop,
        double microseconds,
        double roofline,
        String bound,
        double computeShare,
        double memoryShare) {
    PaperRow plus(PaperRow other) {
        return new PaperRow(
                kernel,
                output,
                launches + other.launches,
                blocks,
                readMegabytes + other.readMegabytes,
                writtenMegabytes + other.writtenMegabytes,
                gigaflop + other.gigaflop,
                microseconds + other.microseconds,
                roofline + other.roofline,
                bound,
                computeShare,
                memoryShare);
    }
}
