package org.cryonext.cryoet.network;

/** Brings the images of batches into a program. */
interface ImageFeed extends AutoCloseable {
    /**
     * Sets the images of a batch for the program's next run, which may be done beside one that is under way.
     *
     * @param first the first shot of the batch; from batch to batch in turn, from 0
     */
    void set(int first);

    @Override
    default void close() {}
}
