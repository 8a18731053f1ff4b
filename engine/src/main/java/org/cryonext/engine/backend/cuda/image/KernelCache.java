package org.cryonext.engine.backend.cuda.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.ReadOnlyFileSystemException;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;
import org.cryonext.engine.io.CacheFolder;

/**
 * Images that were compiled on this machine, named by all that they depend on. Several processes may use it at once: a file
 * is written under a name of its own and renamed.
 *
 * @param folder where they are
 */
record KernelCache(Path folder) {
    static KernelCache ofUser() {
        return new KernelCache(CacheFolder.of("kernels"));
    }

    Optional<byte[]> get(KernelSource source, Nvrtc compiler, Target target) {
        try {
            Path file = file(source, compiler, target);
            return Files.exists(file) ? Optional.of(Files.readAllBytes(file)) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** A cache that cannot be written costs compiling again, nothing else. */
    void put(KernelSource source, Nvrtc compiler, Target target, byte[] image) {
        Path file = file(source, compiler, target);
        Path temporary = file.resolveSibling("." + file.getFileName() + "." + UUID.randomUUID());
        try {
            Files.createDirectories(folder);
            try (FileChannel channel =
                    FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                ByteBuffer buffer = ByteBuffer.wrap(image);
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
                channel.force(true);
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException | ReadOnlyFileSystemException e) {
            discard(temporary);
        }
    }

    private static void discard(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException | ReadOnlyFileSystemException e) {
            // It was never there, or cannot be removed for the reason for which it could not be written.
        }
    }

    Path file(KernelSource source, Nvrtc compiler, Target target) {
        MessageDigest digest = KernelSource.sha256();
        digest.update((source.digest() + "\0" + compiler.fingerprint(target)).getBytes(StandardCharsets.UTF_8));
        return folder.resolve(source.name() + "-" + target.name() + "-"
                + HexFormat.of().formatHex(digest.digest()) + target.ending());
    }
}
