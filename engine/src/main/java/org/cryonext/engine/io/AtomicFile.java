package org.cryonext.engine.io;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileStore;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.ReadOnlyFileSystemException;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * Writes a file so that a reader sees either the old content or the whole new one, also after a crash: the content goes
 * to a temporary file beside the target, reaches the disk, and is renamed.
 */
public final class AtomicFile {
    /** A disk on which less is left is full. */
    private static final long NEARLY_NOTHING = 1 << 20;

    private AtomicFile() {}

    /** Writes the content to the path it is given. */
    @FunctionalInterface
    public interface Writer {
        /**
         * @param temporary the file to fill
         * @throws IOException passed on as an {@link InputException} that names the target
         */
        void write(Path temporary) throws IOException;
    }

    /**
     * Replaces {@code target} by what {@code writer} writes; folders on the way are made. Nothing is left behind when it
     * fails.
     *
     * @throws InputException if the target cannot be written (no space left, read-only folder, ...)
     */
    public static void write(Path target, Writer writer) {
        Path absolute = target.toAbsolutePath();
        Path temporary = absolute.resolveSibling("." + absolute.getFileName() + ".part");
        try {
            Files.createDirectories(absolute.getParent());
            writer.write(temporary);
            try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            Files.move(temporary, absolute, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException | ReadOnlyFileSystemException e) {
            // While what was written still fills the disk.
            String reason = reason(target, e);
            discard(temporary);
            throw new InputException("Cannot write " + target + ": " + reason, e);
        } catch (RuntimeException | Error e) {
            discard(temporary);
            throw e;
        }
    }

    /**
     * Why something could not be written, a few words with what to do. Told by the kind of the exception and the state of
     * the disk: the system's own words are in the user's language, and those of a remote disk in any.
     *
     * @param place what was to be written
     */
    public static String reason(Path place, Exception e) {
        return reason(e, store(place));
    }

    static String reason(Exception e, Optional<FileStore> store) {
        String readOnly = "the file system is read-only; choose another folder";
        return switch (e) {
            case ReadOnlyFileSystemException always -> readOnly;
            case AccessDeniedException denied -> "the folder is not writable; choose another or change its permissions";
            case NoSuchFileException missing -> "no such folder; check the path";
            case FileAlreadyExistsException file -> file.getFile() + " is a file, not a folder; choose another place";
            default ->
                store.filter(FileStore::isReadOnly)
                        .map(s -> readOnly)
                        .or(() -> store.filter(AtomicFile::isFull)
                                .map(s -> "no space is left on its disk; free some or choose another folder"))
                        .orElse(systemsWords(e));
        };
    }

    private static String systemsWords(Exception e) {
        String text = e instanceof FileSystemException failed ? failed.getReason() : e.getMessage();
        return text == null ? e.getClass().getSimpleName() : text;
    }

    private static boolean isFull(FileStore store) {
        try {
            return store.getUsableSpace() < NEARLY_NOTHING;
        } catch (IOException e) {
            // Not known: what failed is said in the system's words.
            return false;
        }
    }

    /** Where a file lies, or would lie: that of the nearest folder that is there. */
    private static Optional<FileStore> store(Path place) {
        Path at = place.toAbsolutePath();
        while (at != null && !Files.exists(at)) {
            at = at.getParent();
        }
        try {
            return at == null ? Optional.empty() : Optional.of(Files.getFileStore(at));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static void discard(Path temporary) {
        try {
            Files.deleteIfExists(temporary);
        } catch (IOException | ReadOnlyFileSystemException e) {
            // The write's own failure is what the user needs to hear; a leftover .part file is overwritten next time.
        }
    }
}
