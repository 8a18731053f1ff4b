package org.cryonext.engine.backend;

/** Java's heap as tensors may fill it: those of backends that compute in it, and those that feed other devices. */
public final class Heap {
    /** Left to everything that is not a tensor. */
    private static final long RESERVE = 64L << 20;

    private Heap() {}

    /**
     * Bytes that tensors can still take; at least 0.
     *
     * @param taken bytes of the tensors that are there already
     */
    public static long availableBytes(long taken) {
        return Math.max(0, Runtime.getRuntime().maxMemory() - RESERVE - taken);
    }
}
