package org.cryonext.cryoet.train;

import org.cryonext.cryoet.network.SliceSource;
import org.cryonext.engine.runtime.Program;

/** Brings the samples of batches to a program, in the order in which they were requested. */
interface BatchFeed extends AutoCloseable {
    /**
     * Announces a batch; there may be one announced that was not taken.
     *
     * @param slices where images are made from, if any are needed
     */
    default void request(SliceSource slices, int[] samples) {
        request(slices, samples, 1);
    }

    /**
     * Announces a batch whose samples are mixed with those in reverse order.
     *
     * @param share what of a sample's images are its own; 1 for all
     */
    void request(SliceSource slices, int[] samples, double share);

    /** Sets the program's inputs to the oldest batch that was announced. */
    void take(Program program);

    @Override
    void close();
}
