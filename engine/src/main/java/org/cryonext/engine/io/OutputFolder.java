package org.cryonext.engine.io;

import java.nio.file.Files;
import java.nio.file.Path;

/** Finds out before long work begins whether its results can be written. */
public final class OutputFolder {
    private OutputFolder() {}

    /**
     * Checks that a folder can be written, or made.
     *
     * @param folder where files will be written; it need not exist
     * @param what what the message says cannot be written
     * @throws InputException if it is a file, or lies in one, or its permissions forbid it
     */
    public static void requireWritable(Path folder, Path what) {
        Path there = folder.toAbsolutePath();
        while (there != null && !Files.exists(there)) {
            there = there.getParent();
        }
        if (there != null && !Files.isDirectory(there)) {
            throw new InputException(
                    "Cannot write " + what + ": " + there + " is a file, not a folder; choose another" + " place");
        }
        if (there != null && !Files.isWritable(there)) {
            throw new InputException("Cannot write " + what + ": the folder " + there
                    + " is not writable; choose another or change its permissions");
        }
    }
}
