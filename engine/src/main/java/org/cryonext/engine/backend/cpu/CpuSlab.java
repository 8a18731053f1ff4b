package org.cryonext.engine.backend.cpu;

import org.cryonext.engine.backend.Slab;

/** A piece of memory: one array of floats. */
final class CpuSlab implements Slab {
    /** Floats before the first block: with the array's header they fill a cache line, so that blocks begin at one. */
    static final int LEAD = 12;

    private final long bytes;
    private final Runnable whenClosed;
    private float[] array;

    CpuSlab(long bytes, Runnable whenClosed) {
        this.bytes = bytes;
        this.whenClosed = whenClosed;
        array = new float[LEAD + Math.toIntExact((bytes + 3) / 4)];
    }

    float[] array() {
        if (array == null) {
            throw new IllegalStateException("The memory was given back");
        }
        return array;
    }

    @Override
    public long bytes() {
        return bytes;
    }

    @Override
    public void close() {
        if (array != null) {
            array = null;
            whenClosed.run();
        }
    }
}
