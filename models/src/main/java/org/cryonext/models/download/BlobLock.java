package org.cryonext.models.download;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;

/**
 * Keeps two fetches of the same content apart, so that it is downloaded once. Nothing depends on it: every byte is written
 * at its own place of a file that holds nothing but this content, and the whole is checked and renamed. Where a file
 * system has no locks, as those of some clusters, two fetches do the same work twice and that is all.
 */
public final class BlobLock implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofMillis(200);

    private final FileChannel channel;

    private BlobLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Waits for the lock.
     *
     * @param busy called once if somebody else has it
     */
    public static BlobLock of(Path file, Waiting waiting, Runnable busy) throws IOException {
        boolean created = !Files.exists(file);
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (created) {
            shareWithGroup(file);
        }
        try {
            boolean told = false;
            while (!isLocked(channel)) {
                if (!told) {
                    busy.run();
                    told = true;
                }
                waiting.pause(PAUSE);
            }
            return new BlobLock(channel);
        } catch (RuntimeException | Error e) {
            channel.close();
            throw e;
        }
    }

    /** As Hugging Face's library does, so that others who share the cache can wait for the lock, too. */
    private static void shareWithGroup(Path file) {
        try {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-r--"));
        } catch (IOException | UnsupportedOperationException e) {
            // Then only this user's processes wait for each other.
        }
    }

    private static boolean isLocked(FileChannel channel) {
        try {
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            // Another thread of this process.
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
