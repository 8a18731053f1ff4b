package org.cryonext.cryoet.dataset;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.cryonext.engine.io.AtomicFile;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.InputFile;

/**
 * The note in a folder into which a data set is fetched: while it is on the way, and afterwards where in the folder it is. A
 * folder without one was not fetched.
 *
 * @param folder into which is fetched
 */
public record FetchMark(Path folder) {
    private static final String NAME = ".cryonext-fetch";
    private static final String UNDER_WAY = "under way";
    private static final String WHOLE = "whole: ";

    /** Makes the folder absolute. */
    public FetchMark {
        folder = folder.toAbsolutePath().normalize();
    }

    /** Notes that something is missing. */
    public void underWay() {
        write(UNDER_WAY);
    }

    /**
     * Notes that nothing is missing.
     *
     * @param found the data set's folder, absolute: the folder or one in it
     */
    public void whole(Path found) {
        write(WHOLE + (found.equals(folder) ? "." : folder.relativize(found)));
    }

    private void write(String text) {
        AtomicFile.write(file(), file -> Files.writeString(file, text + "\n"));
    }

    private Path file() {
        return folder.resolve(NAME);
    }

    /** Whether something is, or was, fetched into the folder. */
    boolean isThere() {
        return Files.exists(file());
    }

    /** The data set's folder, if all of it was fetched. */
    public Optional<Path> dataset() {
        if (!isThere()) {
            return Optional.empty();
        }
        try {
            String text = Files.readString(file(), StandardCharsets.UTF_8).strip();
            if (!text.startsWith(WHOLE)) {
                return Optional.empty();
            }
            Path found = folder.resolve(text.substring(WHOLE.length())).normalize();
            return Files.isDirectory(found) && found.startsWith(folder) ? Optional.of(found) : Optional.empty();
        } catch (IOException e) {
            throw InputFile.unreadable(file(), "the note of a fetch", e);
        }
    }

    /**
     * The folder of the data set that was fetched into {@code data}, or {@code data} itself.
     *
     * @throws InputException if it, or a folder around it, is fetched only in part
     */
    static Path resolve(Path data) {
        for (Path around = data.toAbsolutePath().normalize(); around != null; around = around.getParent()) {
            FetchMark mark = new FetchMark(around);
            if (mark.isThere() && mark.dataset().isEmpty()) {
                throw new InputException(data + ": SHREC 2020 is fetched only in part; go on by: cryonext fetch"
                        + " shrec2020 --out " + around);
            }
        }
        return new FetchMark(data).dataset().orElse(data);
    }
}
