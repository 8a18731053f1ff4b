package org.cryonext.cryoet.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.Heap;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.InputFile;

/** Where frozen results are kept. */
enum FrozenPlace {
    /** The folder of {@code --frozen-cache}. */
    FOLDER,
    /** Java's heap, whatever device computes. */
    MEMORY,
    /** The run's own folder. */
    DISK,
    NOWHERE;

    /** Left for checkpoints and everybody else. */
    private static final long DISK_RESERVE = 1L << 30;

    /** Part of the heap left by the programs that results may take; the rest is for what cannot be planned. */
    private static final double MEMORY_SHARE = 0.7;

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

    /**
     * What results may take of Java's heap.
     *
     * @param programs bytes of the programs on the backend, which lie in the heap only if its memory does
     * @param host further bytes that will be taken of the heap
     */
    static long memoryLeft(Backend backend, long programs, long host) {
        long left = backend.isOnHeap() ? backend.availableBytes() - programs : Heap.availableBytes(0);
        return (long) (MEMORY_SHARE * Math.max(0, left - host));
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
