package org.cryonext.engine.io;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Finds the files that another file names. What a file names may be anything, and a name without {@code ..} may still be
 * a link that leads anywhere: so the file at the end of all links has to lie in the folder, or where Hugging Face's cache
 * keeps what its folders link to.
 */
public final class ConfinedFile {
    /** Hugging Face's cache has MODEL/snapshots/REVISION/NAME, a link to MODEL/blobs/CHECKSUM. */
    private static final String SNAPSHOTS = "snapshots";

    private static final String BLOBS = "blobs";

    private ConfinedFile() {}

    /**
     * The file itself, free of links.
     *
     * @param folder where it is to be looked for
     * @param name relative to the folder
     * @return empty if it lies elsewhere
     * @throws IOException if there is no such file
     */
    public static Optional<Path> in(Path folder, Path name) throws IOException {
        Path own = folder.toRealPath();
        Path file = own.resolve(name).toRealPath();
        return file.startsWith(own) || isBlobOfTheSameModel(own, file) ? Optional.of(file) : Optional.empty();
    }

    private static boolean isBlobOfTheSameModel(Path folder, Path file) {
        Path at = folder;
        while (at != null && at.getParent() != null) {
            if (at.getParent().endsWith(SNAPSHOTS)) {
                return file.getParent().equals(at.getParent().resolveSibling(BLOBS));
            }
            at = at.getParent();
        }
        return false;
    }
}
