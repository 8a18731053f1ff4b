package org.cryonext.cryoet.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.InputFile;

/** Where frozen results are kept. */
enum FrozenPlace {
    /** The folder of {@code --frozen-cache}. */
    FOLDER,
    MEMORY,
    /** The run's own folder. */
    DISK,
    NOWHERE;

    /** Left for checkpoints and everybody else. */
    private static final long DISK_RESERVE = 1L << 30;

    /** The best place for some bytes within a run. */
    static FrozenPlace within(long bytes, long memory, long disk) {
        if (bytes <= memory) {
            return MEMORY;
        }
        return fits(bytes, disk) ? DISK : NOWHERE;
    }

    /** Whether a disk of which so much is left takes some bytes. */
    static boolean fits(long bytes, long disk) {
        return bytes + DISK_RESERVE <= disk;
    }

    /** What is left of the disk on which a folder lies, or would. */
    static long diskLeft(Path folder) {
        Path there = folder.toAbsolutePath();
        while (!Files.exists(there)) {
            there = there.getParent();
        }
        try {
            return Files.getFileStore(there).getUsableSpace();
        } catch (IOException e) {
            throw new InputException("Cannot read " + there + ": " + InputFile.reason(e), e);
        }
    }
}
