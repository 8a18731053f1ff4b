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
    void request(SliceSource slices, int[] samples);

    /** Sets the program's inputs to the oldest batch that was announced. */
    void take(Program program);

    @Override
    void close();
}
