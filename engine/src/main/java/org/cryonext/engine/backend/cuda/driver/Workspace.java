package org.cryonext.engine.backend.cuda.driver;

/**
 * Memory of the card that a library may write to while it computes.
 *
 * @param address a multiple of {@link #ALIGNMENT}
 * @param bytes its size
 */
public record Workspace(long address, long bytes) {
    /** What the libraries ask of its address. */
    public static final int ALIGNMENT = 256;

    /** Bytes to ask for, so that there is an aligned place of so many in them. */
    public static long padded(long bytes) {
        return bytes + ALIGNMENT;
    }

    /** The first aligned place from an address on. */
    public static Workspace within(long address, long bytes) {
        return new Workspace(Math.ceilDiv(address, ALIGNMENT) * ALIGNMENT, bytes);
    }
}
