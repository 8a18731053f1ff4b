package org.cryonext.engine.backend;

/** A plan needs more memory than there is. */
public final class MemoryException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final long needed;
    private final long available;

    /**
     * @param needed bytes asked for
     * @param available bytes that are free
     */
    public MemoryException(String what, long needed, long available) {
        super(what + " needs " + mebibytes(needed) + ", but only " + mebibytes(available) + " are free");
        this.needed = needed;
        this.available = available;
    }

    private MemoryException(String message, MemoryException cause) {
        super(message, cause);
        needed = cause.needed;
        available = cause.available;
    }

    /**
     * The same with what was being done.
     *
     * @param place what the sentence begins with
     */
    public MemoryException at(String place) {
        return new MemoryException(place + ": " + getMessage(), this);
    }

    /** Bytes asked for. */
    public long needed() {
        return needed;
    }

    /** Bytes that are free. */
    public long available() {
        return available;
    }

    private static String mebibytes(long bytes) {
        return (bytes + (1 << 20) - 1 >> 20) + " MiB";
    }
}
