package org.cryonext.cryoet.fetch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.cryonext.engine.io.InputException;
import org.cryonext.models.download.Meter;

/** Finds out whether something fits before it is written. */
final class DiskSpace {
    private DiskSpace() {}

    /**
     * Checks the disk of a folder, which need not exist.
     *
     * @param what needs the bytes
     * @throws InputException if they are not free
     */
    static void require(Path folder, long bytes, String what) {
        Path there = folder.toAbsolutePath();
        while (!Files.exists(there)) {
            there = there.getParent();
        }
        long free;
        try {
            free = Files.getFileStore(there).getUsableSpace();
        } catch (IOException e) {
            // Where the disk does not tell, writing will.
            return;
        }
        if (bytes > free) {
            throw new InputException(what + " needs " + Meter.text(bytes) + ", but the disk of " + folder + " has only "
                    + Meter.text(free) + " left; free some or name another folder by --out");
        }
    }
}
