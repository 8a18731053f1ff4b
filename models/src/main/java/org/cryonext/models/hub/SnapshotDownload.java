package org.cryonext.models.hub;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.cryonext.engine.io.InputException;
import org.cryonext.models.download.Retries;
import org.cryonext.models.download.TransientException;

/**
 * Brings all that a checkpoint needs of one commit into the cache, the weights last.
 *
 * @param settings which hub
 * @param client whom to ask
 * @param cache where files go
 * @param retries how often, and how long between
 * @param download brings one file
 */
record SnapshotDownload(HubSettings settings, HubClient client, HubCache cache, Retries retries, Download download) {
    /**
     * Brings what is missing.
     *
     * @throws TransientException if the network does not let it
     * @throws InputException if the hub refuses, or has no such model
     */
    Fetched run(Wanted asked) throws TransientException {
        Optional<String> commit = commit(asked.repository());
        if (commit.isPresent()) {
            return run(asked, commit.orElseThrow());
        }
        String missing = settings.endpoint().getHost() + " has no revision "
                + asked.repository().revision() + " of " + asked.repository().id();
        Wanted newest = asked.newest()
                .orElseThrow(() -> new InputException(missing + "; leave out what stands behind @ to get the newest"));
        download.say().accept(missing + "; taking " + newest.repository().revision());
        return run(newest, commit(newest.repository()).orElseThrow(() -> new InputException(missing)));
    }

    private Fetched run(Wanted wanted, String commit) throws TransientException {
        Repository repository = wanted.repository().at(commit);
        List<Fetched.Item> items = new ArrayList<>();
        for (String name : List.of(Snapshot.CONFIG, Snapshot.PREPROCESSOR)) {
            Optional<RemoteFile> file = describe(repository, name);
            if (file.isPresent()) {
                items.add(bring(wanted, repository, file.orElseThrow()));
            }
        }
        Optional<RemoteFile> index = Optional.empty();
        Optional<RemoteFile> weights = describe(repository, Snapshot.WEIGHTS);
        if (weights.isEmpty()) {
            index = describe(repository, Snapshot.INDEX);
        }
        if (index.isPresent()) {
            items.add(bring(wanted, repository, index.orElseThrow()));
            for (String shard :
                    Snapshot.shards(cache.snapshot(repository, commit).resolve(Snapshot.INDEX))) {
                RemoteFile file = describe(repository, shard)
                        .orElseThrow(() -> new InputException(repository.id() + " has no " + shard + ", which its "
                                + Snapshot.INDEX + " names; another revision may be whole"));
                items.add(bring(wanted, repository, file));
            }
        } else {
            if (weights.isEmpty()) {
                weights = describe(repository, Snapshot.PICKLED);
            }
            RemoteFile file = weights.orElseThrow(() -> new InputException(wanted.repository() + " has none of "
                    + Snapshot.WEIGHTS + ", " + Snapshot.INDEX + " and " + Snapshot.PICKLED
                    + "; a model in another format is downloaded by hand"));
            items.add(bring(wanted, repository, file));
        }
        // Only now: a branch that moved leaves the older commit usable until the newer one is whole.
        cache.remember(wanted.repository(), commit);
        return new Fetched(
                wanted.repository(),
                wanted.published(),
                commit,
                cache.snapshot(repository, commit),
                List.copyOf(items));
    }

    private Fetched.Item bring(Wanted wanted, Repository repository, RemoteFile file) throws TransientException {
        return download.run(
                repository, file, Optional.ofNullable(wanted.sha256().get(file.name())));
    }

    /** What the revision is at present; empty if there is none of this name. */
    private Optional<String> commit(Repository repository) throws TransientException {
        for (String name : List.of(Snapshot.CONFIG, Snapshot.WEIGHTS, Snapshot.PICKLED)) {
            switch (retries.run(() -> client.head(repository, name))) {
                case Answer.Present(RemoteFile file) -> {
                    return Optional.of(file.commit());
                }
                case Answer.NoRevision() -> {
                    return Optional.empty();
                }
                case Answer.NoFile(Optional<String> commit) -> {
                    if (commit.isPresent()) {
                        return commit;
                    }
                }
            }
        }
        throw new InputException(settings.endpoint().getHost() + " has no " + repository.id() + " with "
                + String.join(", ", Snapshot.CONFIG, Snapshot.WEIGHTS, Snapshot.PICKLED)
                + " (404): check the name" + HttpErrors.suggestion(repository));
    }

    private Optional<RemoteFile> describe(Repository repository, String name) throws TransientException {
        if (retries.run(() -> client.head(repository, name)) instanceof Answer.Present(RemoteFile file)) {
            return Optional.of(file);
        }
        cache.rememberAbsent(repository, repository.revision(), name);
        return Optional.empty();
    }
}
