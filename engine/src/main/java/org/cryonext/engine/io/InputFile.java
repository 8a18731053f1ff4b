package org.cryonext.engine.io;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Says in a user's words why a file cannot be read; {@link AtomicFile} does so for writing. */
public final class InputFile {
    private InputFile() {}

    /**
     * Makes sure that there is a file.
     *
     * @param expected what it should be, for instance "an MRC file"
     * @throws InputException where it is missing or a folder
     */
    public static void require(Path file, String expected) {
        if (Files.isDirectory(file)) {
            throw new InputException(file + " is a folder, " + expected + " was expected; give the file in it");
        }
        if (!Files.exists(file)) {
            throw new InputException(file + ": no such file; check the path");
        }
    }

    /**
     * The error for a read that failed.
     *
     * @param expected what it should be, for instance "a STAR file"
     */
    public static InputException unreadable(Path file, String expected, IOException e) {
        String reason = switch (e) {
            case NoSuchFileException missing -> reason(e);
            case AccessDeniedException denied -> reason(e);
            case CharacterCodingException coding ->
                "not a text file in UTF-8; " + expected
                        + " was expected; if it is one in another encoding, save it as UTF-8";
            default -> "cannot be read: " + reason(e);
        };
        return new InputException(file + ": " + reason, e);
    }

    /** Why something could not be read, a few words. */
    public static String reason(IOException e) {
        return switch (e) {
            case NoSuchFileException missing -> "no such file; check the path";
            case AccessDeniedException denied -> "reading it is not allowed; change its permissions";
            case FileSystemException failed when failed.getReason() != null -> failed.getReason();
            default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        };
    }
}
