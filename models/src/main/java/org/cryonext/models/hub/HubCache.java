package org.cryonext.models.hub;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.ReadOnlyFileSystemException;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.UUID;
import org.cryonext.engine.io.AtomicFile;
import org.cryonext.engine.io.InputException;

/**
 * The folder that Hugging Face's libraries share, in their layout:
 *
 * <pre>
 * models--owner--name/blobs/ETAG                     contents
 * models--owner--name/snapshots/COMMIT/FILE          links to contents
 * models--owner--name/refs/REVISION                  which commit a branch was when it was last asked for
 * models--owner--name/.no_exist/COMMIT/FILE          files that a commit is known not to have
 * .locks/models--owner--name/ETAG.lock               held while a content is fetched
 * </pre>
 *
 * @param root the folder
 * @param symlinks false where files of a snapshot shall not be links
 */
record HubCache(Path root, boolean symlinks) {
    private static final String TAG = "Signature: 8a477f597d28d172789f06886806bc55\n"
            + "# A cache of models from the Hugging Face hub. See https://bford.info/cachedir/\n";

    /** A disk on which less is left is full. */
    private static final long NEARLY_NOTHING = 1 << 20;

    Path blob(Repository repository, String etag) {
        return folder(repository).resolve("blobs", etag);
    }

    /**
     * What has arrived of a content. The name is not the one that Hugging Face's older versions append to, so that two
     * programs never write into one file.
     */
    Path partial(Repository repository, String etag) {
        return folder(repository).resolve("blobs", etag + ".cryonext.incomplete");
    }

    Path lock(Repository repository, String etag) {
        return root.resolve(".locks", repository.folder(), etag + ".lock");
    }

    Path snapshot(Repository repository, String commit) {
        return folder(repository).resolve("snapshots", commit);
    }

    private Path folder(Repository repository) {
        return root.resolve(repository.folder());
    }

    /** The commit that the repository's revision was when it was last fetched. */
    Optional<String> commit(Repository repository) {
        if (Repository.isCommit(repository.revision())) {
            return Optional.of(repository.revision());
        }
        try {
            String text =
                    Files.readString(ref(repository), StandardCharsets.UTF_8).strip();
            return Optional.of(text).filter(Repository::isCommit);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private Path ref(Repository repository) {
        return folder(repository).resolve("refs").resolve(repository.revision());
    }

    /** Notes which commit a branch, a tag or a pull request is now. */
    void remember(Repository repository, String commit) {
        if (!repository.revision().equals(commit) && !commit(repository).equals(Optional.of(commit))) {
            note(ref(repository), commit);
        }
    }

    /** Whether a commit is known not to have a file. */
    boolean isAbsent(Repository repository, String commit, String file) {
        return Files.exists(noExist(repository, commit, file));
    }

    /** Notes that a commit has no such file. */
    void rememberAbsent(Repository repository, String commit, String file) {
        if (!isAbsent(repository, commit, file)) {
            note(noExist(repository, commit, file), "");
        }
    }

    private Path noExist(Repository repository, String commit, String file) {
        return folder(repository).resolve(".no_exist", commit, file);
    }

    /** Leaves a note that saves work later; a cache that can only be read is used all the same. */
    private static void note(Path target, String text) {
        try {
            replace(target, file -> Files.writeString(file, text));
        } catch (IOException | ReadOnlyFileSystemException e) {
            // Without the note the hub is asked again next time.
        }
    }

    /** Writes a file beside its place and renames it; several processes may do so at once. */
    private static void replace(Path target, AtomicFile.Writer writer) throws IOException {
        Files.createDirectories(target.getParent());
        Path temporary = target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID() + ".tmp");
        try {
            writer.write(temporary);
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /** Makes the folders for a content. */
    void prepare(Repository repository, String etag) {
        try {
            Files.createDirectories(blob(repository, etag).getParent());
            Files.createDirectories(lock(repository, etag).getParent());
            Path tag = root.resolve("CACHEDIR.TAG");
            if (!Files.exists(tag)) {
                Files.writeString(tag, TAG);
            }
        } catch (IOException | ReadOnlyFileSystemException e) {
            throw unwritable(e);
        }
    }

    /** Moves a complete content to its place. */
    void keep(Repository repository, String etag) {
        try {
            Files.move(
                    partial(repository, etag),
                    blob(repository, etag),
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    /**
     * Puts a content that is there into a snapshot.
     *
     * @param fresh no other snapshot can have it yet
     */
    void link(Repository repository, RemoteFile file, boolean fresh) {
        Path pointer = snapshot(repository, file.commit()).resolve(file.name());
        Path blob = blob(repository, file.etag());
        try {
            Files.createDirectories(pointer.getParent());
            Files.deleteIfExists(pointer);
            if (!symlinks || !isLinked(pointer, blob)) {
                if (fresh) {
                    // Moved, not copied, as Hugging Face's library does: weights twice on a disk help nobody.
                    Files.move(blob, pointer, StandardCopyOption.REPLACE_EXISTING);
                } else {
                    replace(pointer, path -> Files.copy(blob, path, StandardCopyOption.REPLACE_EXISTING));
                }
            }
        } catch (IOException | ReadOnlyFileSystemException e) {
            throw unwritable(e);
        }
    }

    /** False where the system has no symbolic links, or does not let this user make them. */
    private static boolean isLinked(Path pointer, Path blob) throws IOException {
        try {
            Files.createSymbolicLink(pointer, pointer.getParent().relativize(blob));
            return true;
        } catch (FileAlreadyExistsException e) {
            // Another process was faster, with the same content.
            return true;
        } catch (AccessDeniedException e) {
            throw e;
        } catch (FileSystemException | UnsupportedOperationException e) {
            return false;
        }
    }

    /** Free bytes on its disk. */
    long free() {
        try {
            Path existing = root.toAbsolutePath();
            while (!Files.exists(existing)) {
                existing = existing.getParent();
            }
            return Files.getFileStore(existing).getUsableSpace();
        } catch (IOException e) {
            // Where the disk does not tell, writing will.
            return Long.MAX_VALUE;
        }
    }

    /** The error for a write that failed. */
    InputException unwritable(Exception e) {
        String text = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        String reason = switch (e) {
            case AccessDeniedException denied ->
                "writing there is not allowed; change its permissions or name another folder in HF_HUB_CACHE";
            case ReadOnlyFileSystemException readOnly ->
                "its file system is read-only; name another folder in HF_HUB_CACHE";
            case NoSuchFileException missing -> "a folder in it has gone (" + text + "); run the command again";
            default ->
                free() < NEARLY_NOTHING
                        ? "no space is left on its disk; free some or name another folder in HF_HUB_CACHE"
                        : text + "; check the folder or name another one in HF_HUB_CACHE";
        };
        return new InputException("The cache " + root + " cannot be written: " + reason, e);
    }
}
