package org.cryonext.models.hub;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import org.cryonext.engine.io.InputException;
import org.cryonext.models.download.BlobLock;
import org.cryonext.models.download.Checksum;
import org.cryonext.models.download.Meter;
import org.cryonext.models.download.Reception;
import org.cryonext.models.download.Retries;
import org.cryonext.models.download.TransientException;

/**
 * Brings files of one commit into the cache.
 *
 * @param client whom to ask
 * @param cache where they go
 * @param retries how often, and how long between
 * @param transfer how their bytes come
 * @param say where the user is told
 */
record Download(HubClient client, HubCache cache, Retries retries, Transfer transfer, Consumer<String> say) {
    /** What the attempts to bring one file have come to. */
    private static final class Attempts {
        private boolean begun;
        private long best;
        private boolean damaged;
    }

    /**
     * Brings one file, or finds it in the cache.
     *
     * @param repository at the file's commit
     * @param first the hub's description of it
     * @param known the SHA-256 that the catalogue states
     * @throws TransientException if the network does not let it
     * @throws InputException if it is not what it should be, or the cache cannot be written
     */
    Fetched.Item run(Repository repository, RemoteFile first, Optional<String> known) throws TransientException {
        known.ifPresent(digits -> requireKnown(repository, first, digits));
        Optional<Fetched.Item> cached = cached(repository, first);
        if (cached.isPresent()) {
            return cached.orElseThrow();
        }
        Attempts attempts = new Attempts();
        return retries.run(() -> {
            // A later attempt asks again: addresses expire, and the file may have become another.
            RemoteFile remote = attempts.begun ? describe(repository, first) : first;
            attempts.begun = true;
            try {
                return attempt(repository, remote, known, attempts);
            } catch (Transfer.WriteException e) {
                throw cache.unwritable(e.reason());
            } catch (IOException e) {
                throw cache.unwritable(e);
            }
        });
    }

    private RemoteFile describe(Repository repository, RemoteFile first) throws TransientException {
        return switch (client.head(repository, first.name())) {
            case Answer.Present(RemoteFile file) -> file;
            case Answer.NoFile(Optional<String> commit) -> throw gone(repository, first);
            case Answer.NoRevision() -> throw gone(repository, first);
        };
    }

    private static InputException gone(Repository repository, RemoteFile file) {
        return new InputException(file.name() + " of " + repository.id() + " was taken away from the hub while it was"
                + " fetched; run the command again");
    }

    private static void requireKnown(Repository repository, RemoteFile remote, String digits) {
        Optional<Checksum> stated = remote.checksum().filter(c -> c.kind() == Checksum.Kind.SHA256);
        if (stated.isPresent() && !stated.orElseThrow().digits().equals(digits)) {
            throw unknown(repository, remote, stated.orElseThrow().digits(), digits);
        }
    }

    private static InputException unknown(Repository repository, RemoteFile remote, String found, String digits) {
        return new InputException(remote.name() + " of " + repository.id() + " has the SHA-256 " + found
                + ", the catalogue knows it as " + digits
                + "; if you trust the other one, fetch it by its repository: cryonext fetch "
                + repository.id());
    }

    /** The file as the cache has it, linked into the snapshot if only its content was there. */
    private Optional<Fetched.Item> cached(Repository repository, RemoteFile remote) {
        Path pointer = cache.snapshot(repository, remote.commit()).resolve(remote.name());
        Path blob = cache.blob(repository, remote.etag());
        try {
            if (!isWhole(pointer, remote)) {
                if (!isWhole(blob, remote)) {
                    return Optional.empty();
                }
                cache.link(repository, remote, false);
            }
            return Optional.of(new Fetched.Item(remote.name(), Files.size(pointer), false, Optional.empty()));
        } catch (IOException e) {
            throw cache.unwritable(e);
        }
    }

    /** A file of another length is damaged and fetched again. */
    private static boolean isWhole(Path file, RemoteFile remote) throws IOException {
        return Files.exists(file)
                && (remote.size().isEmpty() || Files.size(file) == remote.size().getAsLong());
    }

    private Fetched.Item attempt(Repository repository, RemoteFile remote, Optional<String> known, Attempts attempts)
            throws TransientException, IOException {
        cache.prepare(repository, remote.etag());
        try (BlobLock _ = BlobLock.of(
                cache.lock(repository, remote.etag()),
                retries.waiting(),
                () -> say.accept(remote.name() + " is being fetched by another process; waiting for it"))) {
            Optional<Fetched.Item> meanwhile = cached(repository, remote);
            if (meanwhile.isPresent()) {
                return meanwhile.orElseThrow();
            }
            Path partial = cache.partial(repository, remote.etag());
            requireSpace(remote, partial);
            try {
                transfer.run(repository, remote, partial);
            } catch (TransientException e) {
                long arrived = Reception.size(partial);
                boolean more = arrived > attempts.best;
                attempts.best = Math.max(attempts.best, arrived);
                throw e.withProgress(more);
            }
            String check = check(repository, remote, partial, known, attempts);
            long bytes = Files.size(partial);
            cache.keep(repository, remote.etag());
            cache.link(repository, remote, true);
            return new Fetched.Item(
                    remote.name(), bytes, true, Optional.of(check).filter(text -> !text.isEmpty()));
        }
    }

    private void requireSpace(RemoteFile remote, Path partial) throws IOException {
        long missing = remote.size().orElse(0) - Reception.size(partial);
        if (missing > cache.free()) {
            throw new InputException(
                    remote.name() + " needs " + Meter.text(missing) + " more, but the disk of the cache "
                            + cache.root() + " has only " + Meter.text(cache.free())
                            + " left; free some or name another folder in HF_HUB_CACHE");
        }
    }

    /** Makes sure of the content, and says how. */
    private String check(
            Repository repository, RemoteFile remote, Path partial, Optional<String> known, Attempts attempts)
            throws TransientException, IOException {
        Optional<Checksum> stated = remote.checksum();
        if (stated.isPresent()) {
            Checksum expected = stated.orElseThrow();
            String found = expected.compute(partial);
            if (!found.equals(expected.digits())) {
                Files.delete(partial);
                String what = remote.name() + " came with the " + expected.kind() + " " + found + ", not "
                        + expected.digits() + " as the hub says";
                if (attempts.damaged) {
                    throw new InputException(
                            what + ", twice; it was deleted: try again later, or from another network or"
                                    + " another HF_ENDPOINT");
                }
                attempts.damaged = true;
                throw new TransientException(what);
            }
        }
        boolean isSha256 = stated.filter(c -> c.kind() == Checksum.Kind.SHA256).isPresent();
        if (known.isPresent() && !isSha256) {
            String found = Checksum.sha256(known.orElseThrow()).compute(partial);
            if (!found.equals(known.orElseThrow())) {
                Files.delete(partial);
                throw unknown(repository, remote, found, known.orElseThrow());
            }
        }
        return known.isPresent()
                ? "SHA-256 as the catalogue says"
                : stated.map(c -> c.kind() + " as the hub says").orElse("");
    }
}
