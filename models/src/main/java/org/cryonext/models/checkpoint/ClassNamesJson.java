package org.cryonext.models.checkpoint;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.cryonext.engine.io.InputException;
import tools.jackson.databind.JsonNode;

/** Class names in JSON. */
public final class ClassNamesJson {
    private static final String NAMES = "id2label";

    private ClassNamesJson() {}

    /**
     * The names of a JSON list, of an object of names by number, or of an object with such an {@code id2label}.
     *
     * @param file for the messages
     * @throws InputException if it is none of these
     */
    public static List<String> parse(Path file, String json) {
        JsonFile read = JsonFile.parse(file, json);
        if (read.root().isArray()) {
            List<String> names = new ArrayList<>();
            for (JsonNode name : read.root()) {
                if (!name.isString()) {
                    throw read.unexpected("class " + names.size(), name, "a name");
                }
                names.add(name.asString());
            }
            return names;
        }
        SortedMap<Integer, String> names = numbered(read, read.get(NAMES).orElse(read.root()));
        requireAll(read, names, names.size());
        return List.copyOf(names.values());
    }

    /** Names by number. */
    static SortedMap<Integer, String> numbered(JsonFile json, JsonNode map) {
        if (!map.isObject()) {
            throw json.unexpected(NAMES, map, "an object of names by number");
        }
        SortedMap<Integer, String> labels = new TreeMap<>();
        map.forEachEntry((key, name) -> {
            if (!key.matches("\\d{1,7}") || !name.isString()) {
                throw json.unexpected(NAMES + "." + key, name, "class names under their numbers");
            }
            labels.put(Integer.parseInt(key), name.asString());
        });
        return labels;
    }

    /** Makes sure that the numbers are 0, 1, 2, .... */
    static void requireAll(JsonFile json, SortedMap<Integer, String> labels, int classes) {
        if (!labels.isEmpty() && (labels.firstKey() != 0 || labels.lastKey() != labels.size() - 1)) {
            throw json.unexpected(
                    NAMES,
                    labels.size() + " names with numbers up to " + labels.lastKey(),
                    "one for each of the " + classes + " classes, numbered from 0");
        }
    }
}
