package org.cryonext.engine.backend;

/** A node's implementation before it has memory. */
public interface Kernel {
    /** Bytes of working memory while it runs; shared with other kernels, so nothing survives in it. */
    default long scratchBytes() {
        return 0;
    }

    /** Bytes of memory of its own, kept between runs. */
    default long residentBytes() {
        return 0;
    }

    /** Fixes the memory it works on. */
    Step bind(Bindings bindings);

    /** A kernel ready to run. */
    @FunctionalInterface
    interface Step {
        /** Computes the node's outputs; allocates nothing. */
        void run();
    }
}
