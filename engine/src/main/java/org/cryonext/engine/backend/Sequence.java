package org.cryonext.engine.backend;

/** All steps of a graph, as a backend runs them: one after another, or prepared as one piece of work. */
public interface Sequence extends AutoCloseable {
    /** Runs every step once, in order; allocates nothing after the first time. */
    void run();

    /** Gives back what was prepared. */
    @Override
    default void close() {}
}
