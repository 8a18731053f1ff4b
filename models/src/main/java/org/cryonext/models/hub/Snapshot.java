package org.cryonext.models.hub;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SequencedCollection;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.InputFile;
import org.cryonext.engine.io.JsonFault;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A commit of a repository as the cache has it, with all that a checkpoint needs.
 *
 * @param repository at the revision that was asked for
 * @param commit what the revision is
 * @param folder the checkpoint
 * @param files its files, the weights last
 */
record Snapshot(Repository repository, String commit, Path folder, List<String> files) {
    static final String CONFIG = "config.json";
    static final String PREPROCESSOR = "preprocessor_config.json";
    static final String WEIGHTS = "model.safetensors";

    /** Names the files over which weights are spread. */
    static final String INDEX = "model.safetensors.index.json";

    /** PyTorch's own format, for repositories that have no other. */
    static final String PICKLED = "pytorch_model.bin";

    private static final Pattern SHARD = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}");
    private static final int MOST_SHARDS = 1000;
    private static final long LARGEST_INDEX = 64 << 20;

    /** The first of these that the cache has completely. */
    static Optional<Snapshot> find(HubCache cache, List<Repository> candidates) {
        return candidates.stream()
                .flatMap(repository -> find(cache, repository).stream())
                .findFirst();
    }

    private static Optional<Snapshot> find(HubCache cache, Repository repository) {
        return cache.commit(repository).flatMap(commit -> {
            Path folder = cache.snapshot(repository, commit);
            List<String> files = new ArrayList<>();
            if (Files.exists(folder.resolve(CONFIG))) {
                files.add(CONFIG);
            } else if (!cache.isAbsent(repository, commit, CONFIG)) {
                return Optional.empty();
            }
            if (Files.exists(folder.resolve(PREPROCESSOR))) {
                files.add(PREPROCESSOR);
            }
            return weights(folder).map(weights -> {
                files.addAll(weights);
                return new Snapshot(repository, commit, folder, List.copyOf(files));
            });
        });
    }

    private static Optional<List<String>> weights(Path folder) {
        if (Files.exists(folder.resolve(WEIGHTS))) {
            return Optional.of(List.of(WEIGHTS));
        }
        if (Files.exists(folder.resolve(INDEX))) {
            List<String> files = new ArrayList<>(List.of(INDEX));
            files.addAll(shards(folder.resolve(INDEX)));
            return files.stream().allMatch(file -> Files.exists(folder.resolve(file)))
                    ? Optional.of(files)
                    : Optional.empty();
        }
        return Files.exists(folder.resolve(PICKLED)) ? Optional.of(List.of(PICKLED)) : Optional.empty();
    }

    /**
     * The files that an index names.
     *
     * @throws InputException if it is no index, or names files outside its folder
     */
    static SequencedCollection<String> shards(Path index) {
        try {
            if (Files.size(index) > LARGEST_INDEX) {
                throw new InputException(
                        index + " has " + Files.size(index) + " bytes, too many for an index of weights");
            }
            JsonNode map =
                    JsonMapper.shared().readTree(Files.readAllBytes(index)).path("weight_map");
            TreeSet<String> names = new TreeSet<>();
            map.forEach(name -> {
                if (!name.isString() || !SHARD.matcher(name.asString()).matches()) {
                    throw new InputException(index + ": weight_map names the file " + name
                            + ", expected a plain name in the same folder");
                }
                names.add(name.asString());
            });
            if (names.isEmpty() || names.size() > MOST_SHARDS) {
                throw new InputException(
                        index + ": weight_map names " + names.size() + " files, expected 1 to " + MOST_SHARDS);
            }
            return names;
        } catch (JacksonException e) {
            throw new InputException(index + " is not valid JSON: " + JsonFault.found(e), e);
        } catch (IOException e) {
            throw InputFile.unreadable(index, "an index of weights", e);
        }
    }
}
