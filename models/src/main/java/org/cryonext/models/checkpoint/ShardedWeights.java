package org.cryonext.models.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import org.cryonext.engine.io.ConfinedFile;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.InputFile;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.engine.tensor.TensorType;
import tools.jackson.databind.JsonNode;

/**
 * Tensors spread over several files of one folder, as Hugging Face's {@code *.index.json} lists them: its
 * {@code weight_map} names the file of each tensor. List and files must agree.
 */
final class ShardedWeights implements WeightSource {
    private final Path index;
    private final Map<String, WeightSource> shards;
    private final SequencedMap<String, TensorType> types = new LinkedHashMap<>();
    private final Map<String, WeightSource> places = new LinkedHashMap<>();

    private ShardedWeights(Path index, Map<String, WeightSource> shards) {
        this.index = index;
        this.shards = shards;
    }

    /** @throws InputException if the list is damaged, names a file outside its folder, or does not agree with the files */
    static ShardedWeights open(Path index) {
        Map<String, String> listed = read(JsonFile.read(index));
        ShardedWeights weights = new ShardedWeights(index, new TreeMap<>());
        try {
            for (String shard : listed.values()) {
                if (!weights.shards.containsKey(shard)) {
                    weights.shards.put(shard, WeightSource.openSingle(weights.path(shard)));
                }
            }
            weights.shards.forEach((shard, source) -> weights.add(shard, source, listed));
            listed.forEach((name, shard) -> {
                if (!weights.types.containsKey(name)) {
                    throw new InputException(
                            index + " places tensor " + name + " in " + shard + ", which does not have it");
                }
            });
            return weights;
        } catch (RuntimeException | Error e) {
            weights.close();
            throw e;
        }
    }

    private static Map<String, String> read(JsonFile json) {
        JsonNode map = json.get("weight_map").orElse(null);
        if (map == null || !map.isObject() || map.isEmpty()) {
            throw new InputException(
                    json.file() + " is JSON, but no list of weight files: it has no weight_map; give the"
                            + " checkpoint's folder, or its weight file");
        }
        Map<String, String> listed = new LinkedHashMap<>();
        map.forEachEntry((name, shard) -> {
            if (!shard.isString()) {
                throw json.unexpected("weight_map." + name, shard, "the name of a file");
            }
            listed.put(name, shard.asString());
        });
        return listed;
    }

    /** A shard lies beside the list: names with folders in them are refused before anything is looked up. */
    private Path path(String shard) {
        boolean plain = !shard.isEmpty()
                && !shard.equals(".")
                && !shard.equals("..")
                && shard.chars().noneMatch(c -> c == '/' || c == '\\' || c == ':' || c < ' ');
        if (!plain) {
            throw new InputException(
                    index + " places tensors in \"" + shard + "\", expected the name of a file in its folder");
        }
        Path path = index.resolveSibling(shard);
        if (!Files.isRegularFile(path)) {
            throw new InputException(index + " places tensors in " + shard
                    + ", but there is no such file in its folder;" + " get all files of the checkpoint");
        }
        requireConfined(path);
        return path;
    }

    private void requireConfined(Path shard) {
        try {
            if (ConfinedFile.in(shard.toAbsolutePath().getParent(), shard.getFileName())
                    .isEmpty()) {
                throw new InputException(index + " places tensors in " + shard.getFileName()
                        + ", which is a link out of its folder; put the file itself there");
            }
        } catch (IOException e) {
            throw InputFile.unreadable(shard, "a weight file", e);
        }
    }

    private void add(String shard, WeightSource source, Map<String, String> listed) {
        source.types().forEach((name, type) -> {
            String place = listed.get(name);
            if (!shard.equals(place)) {
                throw new InputException(source.file() + " holds tensor " + name + ", which " + index
                        + (place == null ? " does not list" : " places in " + place));
            }
            types.put(name, type);
            places.put(name, source);
        });
    }

    @Override
    public Path file() {
        return index;
    }

    @Override
    public String format() {
        return shards.values().iterator().next().format() + ", " + shards.size()
                + (shards.size() == 1 ? " file" : " files");
    }

    @Override
    public SequencedMap<String, TensorType> types() {
        return types;
    }

    @Override
    public Map<String, String> metadata() {
        return Map.of();
    }

    @Override
    public Tensor tensor(String name) {
        if (!places.containsKey(name)) {
            throw new InputException(index + " has no tensor " + name);
        }
        return places.get(name).tensor(name);
    }

    @Override
    public List<String> notes() {
        List<String> notes = new ArrayList<>();
        shards.values().forEach(shard -> notes.addAll(shard.notes()));
        return notes;
    }

    @Override
    public void close() {
        shards.values().forEach(WeightSource::close);
    }
}
