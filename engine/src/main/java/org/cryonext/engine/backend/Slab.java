package org.cryonext.engine.backend;

/** A contiguous piece of a backend's memory, from which blocks are cut. Zero at first. */
public interface Slab extends AutoCloseable {
    /** Size as asked for. */
    long bytes();

    /** Gives the memory back; blocks cut from it must not be used any more. */
    @Override
    void close();
}
