package org.cryonext.peers;

import java.io.IOException;
import java.nio.file.Path;

/** A network that is loaded and fed. */
interface Network {
    /** Name and version of the program, for the table. */
    String description();

    /** Runs it once. */
    void step() throws Exception;

    /** The last run's logits, [N, classes]. */
    float[] result() throws Exception;

    /** Loads the network of a folder. */
    @FunctionalInterface
    interface Loader {
        /**
         * @param folder holds the network, its weights and the images
         * @param threads how many to use
         * @param layout of the images: {@code contiguous} or {@code channels_last}
         * @throws IOException if the folder cannot be read
         */
        Network load(Path folder, int threads, String layout) throws Exception;
    }
}
