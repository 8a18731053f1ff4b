package org.cryonext.engine.backend.cuda;

/**
 * What a launch does.
 *
 * @param read bytes of the card's memory that it reads, each once
 * @param written bytes of the card's memory that it writes, each once
 * @param tensorFlops operations of tensor cores, those on the padding of tiles included; a multiply-add counts as two
 * @param flops operations outside of tensor cores, counted where they may bound it
 * @param rounds how many times a thread waits for memory, one after another
 */
public record LaunchWork(long read, long written, long tensorFlops, long flops, long rounds) {
    /** Bytes read and written. */
    public long bytes() {
        return read + written;
    }

    /** Both together. */
    public LaunchWork plus(LaunchWork other) {
        return new LaunchWork(
                read + other.read,
                written + other.written,
                tensorFlops + other.tensorFlops,
                flops + other.flops,
                rounds + other.rounds);
    }
}
