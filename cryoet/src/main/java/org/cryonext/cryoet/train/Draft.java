package org.cryonext.cryoet.train;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import java.util.regex.Pattern;
import org.cryonext.engine.io.AtomicFile;
import org.cryonext.engine.io.InputException;

/**
 * A large file that is being written. One that is to stay is written under a name of its own, so that any number of
 * processes may write the same at once, and locked, so that what a killed process left can be told from it.
 */
final class Draft implements AutoCloseable {
    private static final Pattern NAME = Pattern.compile("\\..+\\.[0-9a-f-]{36}\\.part");

    private final Path target;
    private final Path path;
    private final FileChannel channel;
    private boolean stays;

    private Draft(Path target, Path path, FileChannel channel) {
        this.target = target;
        this.path = path;
        this.channel = channel;
    }

    /** A file that is deleted when it is closed; replaces one that a killed process left. */
    static Draft temporary(Path file) {
        try {
            Files.createDirectories(file.getParent());
            return new Draft(file, file, open(file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING));
        } catch (IOException e) {
            throw unwritable(file, e);
        }
    }

    /** A file that has its name once it is complete, and stays then; folders on the way are made. */
    static Draft of(Path file) {
        Path target = file.toAbsolutePath();
        try {
            Files.createDirectories(target.getParent());
            while (true) {
                Path path = target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID() + ".part");
                FileChannel channel = open(path, StandardOpenOption.CREATE_NEW);
                // Another process may have taken it for one that was left, between its beginning and its lock.
                if (locks(channel, true) && Files.exists(path)) {
                    return new Draft(target, path, channel);
                }
                channel.close();
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw unwritable(file, e);
        }
    }

    /** Deletes what processes that were killed left in a folder. */
    static void deleteLeft(Path folder) {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(
                folder, file -> NAME.matcher(file.getFileName().toString()).matches())) {
            for (Path file : files) {
                deleteIfLeft(file);
            }
        } catch (IOException e) {
            throw new InputException("Cannot read " + folder + ": " + AtomicFile.reason(folder, e), e);
        }
    }

    private static void deleteIfLeft(Path file) {
        try (FileChannel channel = open(file)) {
            if (locks(channel, false)) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            // Not ours to delete, or gone already: it is in nobody's way.
        }
    }

    private static FileChannel open(Path file, OpenOption... further) throws IOException {
        OpenOption[] options = new OpenOption[further.length + 2];
        System.arraycopy(further, 0, options, 2, further.length);
        options[0] = StandardOpenOption.READ;
        options[1] = StandardOpenOption.WRITE;
        return FileChannel.open(file, options);
    }

    /**
     * Locks a file until the channel is closed; false where somebody else has.
     *
     * @param unknown what holds on file systems that have no locks
     */
    private static boolean locks(FileChannel channel, boolean unknown) {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false;
        } catch (IOException e) {
            return unknown;
        }
    }

    private static InputException unwritable(Path file, IOException e) {
        return new InputException("Cannot write " + file + ": " + AtomicFile.reason(file, e), e);
    }

    /** The name that it has when it is complete. */
    Path target() {
        return target;
    }

    /** Where it can be read. */
    FileChannel channel() {
        return channel;
    }

    /**
     * Writes bytes.
     *
     * @param at where in the file
     * @throws InputException if they cannot be written
     */
    void write(ByteBuffer bytes, long at) {
        try {
            for (long next = at; bytes.hasRemaining(); ) {
                next += channel.write(bytes, next);
            }
        } catch (IOException e) {
            throw unwritable(target, e);
        }
    }

    /**
     * To be called when all is written: gives a file that is to stay its name, once its content has reached the disk.
     *
     * @throws InputException if that cannot be done
     */
    void complete() {
        if (path.equals(target)) {
            return;
        }
        try {
            channel.force(true);
            Files.move(path, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            stays = true;
        } catch (IOException e) {
            throw unwritable(target, e);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
            if (!stays) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw unwritable(target, e);
        }
    }
}
