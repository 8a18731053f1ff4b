package org.cryonext.engine.backend;

import org.cryonext.engine.tensor.Tensor;

/**
 * The way of an input to a device: what is set while a run is under way travels beside it, and the next run reads it. The
 * run under way reads what was set before.
 */
@FunctionalInterface
public interface Inlet extends AutoCloseable {
    /**
     * Sets elements; the source may change when the call returns. Element types are converted.
     *
     * @param at first element to be set
     */
    void set(Tensor source, long at);

    /** Lets go what was set and still waits for neighbours to travel with; to be called before a run. */
    default void send() {}

    /** Gives back what was kept for it. */
    @Override
    default void close() {}
}
