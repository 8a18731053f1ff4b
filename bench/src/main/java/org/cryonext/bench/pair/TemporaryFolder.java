package org.cryonext.bench.pair;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.cryonext.engine.io.InputException;

/** A folder that is gone when it is closed, or when the process ends before that, as by Ctrl-C. */
public final class TemporaryFolder implements AutoCloseable {
    private final Path path;
    private final Thread atExit;

    private TemporaryFolder(Path path) {
        this.path = path;
        this.atExit = new Thread(this::deleteAsFarAsPossible);
    }

    /**
     * Makes a folder.
     *
     * @param prefix what its name begins with
     */
    public static TemporaryFolder of(String prefix) {
        try {
            TemporaryFolder folder = new TemporaryFolder(Files.createTempDirectory(prefix));
            Runtime.getRuntime().addShutdownHook(folder.atExit);
            return folder;
        } catch (IOException e) {
            throw new InputException("Cannot make a folder for temporary files: " + e.getMessage(), e);
        }
    }

    /** Where it lies. */
    public Path path() {
        return path;
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            // The process is ending already, and the hook deletes the folder.
            return;
        }
        try {
            delete();
        } catch (IOException e) {
            throw new InputException("Cannot delete " + path + ": " + e.getMessage(), e);
        }
    }

    private void delete() throws IOException {
        try (Stream<Path> files = Files.walk(path)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (NoSuchFileException e) {
            // Somebody else was faster.
        }
    }

    private void deleteAsFarAsPossible() {
        try {
            delete();
        } catch (IOException e) {
            System.err.println("Cannot delete " + path + ": " + e.getMessage());
        }
    }
}
