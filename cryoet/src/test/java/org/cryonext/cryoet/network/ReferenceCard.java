package org.cryonext.cryoet.network;

import org.cryonext.engine.backend.MemoryException;
import org.cryonext.engine.backend.Slab;

/** Computes as the reference does, and says that its memory is its own, as that of a card, and so much. */
public final class ReferenceCard extends LikeReference {
    private final long atFirst = super.availableBytes();
    private final long bytes;
    private long most;

    /** @param bytes of its memory */
    public ReferenceCard(long bytes) {
        this.bytes = bytes;
    }

    @Override
    public String name() {
        return "card";
    }

    @Override
    public boolean isOnHeap() {
        return false;
    }

    @Override
    public long availableBytes() {
        return bytes - (atFirst - super.availableBytes());
    }

    @Override
    public Slab allocate(long bytes) {
        if (bytes > availableBytes()) {
            throw new MemoryException("a tensor", bytes, availableBytes());
        }
        Slab slab = super.allocate(bytes);
        most = Math.max(most, this.bytes - availableBytes());
        return slab;
    }

    /** Bytes that were taken at most so far. */
    public long most() {
        return most;
    }
}
