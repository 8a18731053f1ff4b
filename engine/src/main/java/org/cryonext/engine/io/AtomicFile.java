package org.cryonext.engine.io;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.ReadOnlyFileSystemException;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * Writes a file so that a reader sees either the old content or the whole new one, also after a crash: the content goes
 * to a temporary file beside the target, reaches the disk, and is renamed.
 */
public final class AtomicFile {
    /** What Linux and macOS, Windows, and a user's own limit say. */
    private static final List<String> NO_SPACE =
            List.of("No space left", "not enough space on the disk", "Disk quota exceeded");

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
            discard(temporary);
            throw new InputException("Cannot write " + target + ": " + reason(e), e);
        } catch (RuntimeException | Error e) {
            discard(temporary);
            throw e;
        }
    }

    /** The system's reason as a few words with what to do. */
    public static String reason(Exception e) {
        String text = e instanceof FileSystemException failed && failed.getReason() != null
                ? failed.getReason()
                : e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        if (NO_SPACE.stream().anyMatch(text::contains)) {
            return "no space is left on its disk; free some or choose another folder";
        }
        if (e instanceof ReadOnlyFileSystemException || text.contains("Read-only file system")) {
            return "the file system is read-only; choose another folder";
        }
        return switch (e) {
            case AccessDeniedException denied -> "the folder is not writable; choose another or change its permissions";
            case NoSuchFileException missing -> "no such folder; check the path";
            case FileAlreadyExistsException file -> file.getFile() + " is a file, not a folder; choose another place";
            default -> text;
        };
    }

    private static void discard(Path temporary) {
        try {
            Files.deleteIfExists(temporary);
        } catch (IOException | ReadOnlyFileSystemException e) {
            // The write's own failure is what the user needs to hear; a leftover .part file is overwritten next time.
        }
    }
}
