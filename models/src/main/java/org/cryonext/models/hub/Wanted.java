package org.cryonext.models.hub;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.cryonext.engine.io.InputException;

/**
 * What a user asks for.
 *
 * @param text as the user wrote it
 * @param repository where it is
 * @param published what the catalogue knows of it
 * @param sha256 the checksums that the catalogue states for this revision, by file
 * @param named by a name of the catalogue, which leaves the revision to the program
 */
record Wanted(
        String text, Repository repository, Optional<Published> published, Map<String, String> sha256, boolean named) {
    /** @throws InputException if it is neither a name of the catalogue nor {@code owner/name[@revision]} */
    static Wanted of(String text) {
        Optional<Published> model = Catalogue.find(text);
        if (model.isPresent()) {
            Published found = model.orElseThrow();
            return new Wanted(text, found.repository(), model, found.sha256(), true);
        }
        Repository repository = Repository.parse(text).orElseThrow(() -> unknown(text));
        Optional<Published> in = Catalogue.in(repository);
        return new Wanted(
                text,
                repository,
                in,
                in.filter(found -> found.repository().equals(repository))
                        .map(Published::sha256)
                        .orElse(Map.of()),
                false);
    }

    private static InputException unknown(String text) {
        List<String> nearest = Catalogue.nearest(text);
        return new InputException("There is no published model " + text + "; "
                + (nearest.isEmpty() ? "" : "the nearest names are " + String.join(", ", nearest) + ", ")
                + "cryonext fetch --list shows all of them, and any repository of the hub is taken as owner/name");
    }

    /** The newest of the same model, where the revision that the catalogue names is not to be had; else empty. */
    Optional<Wanted> newest() {
        return named && !repository.revision().equals(Repository.MAIN)
                ? Optional.of(new Wanted(text, repository.at(Repository.MAIN), published, Map.of(), true))
                : Optional.empty();
    }

    /** Under which revisions the cache may have it, the best first. */
    List<Repository> candidates() {
        return Stream.concat(Stream.of(repository), newest().stream().map(Wanted::repository))
                .toList();
    }
}
