package org.cryonext.cryoet.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.cryonext.engine.io.AtomicFile;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.InputFile;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A folder of many results that a file marks as begun with certain settings, so that it can be gone on with. */
public final class MarkedFolder {
    private MarkedFolder() {}

    /**
     * Begins in a folder, or finds it begun with the same settings.
     *
     * @param mark the file's name, for instance {@code demo.json}
     * @param settings a record, stored as JSON
     * @param what is in the folder, for instance {@code demo}
     * @throws InputException if anything else is there; it names the settings that differ
     */
    public static void claim(Path folder, String mark, Object settings, String what) {
        check(folder, mark, settings, what);
        Path file = folder.resolve(mark);
        if (!Files.exists(file)) {
            AtomicFile.write(file, temporary -> Files.writeString(temporary, text(settings)));
        }
    }

    /** As {@link #claim}, but nothing is written yet. */
    public static void check(Path folder, String mark, Object settings, String what) {
        Path file = folder.resolve(mark);
        String wanted = text(settings);
        try {
            if (Files.exists(file)) {
                String begun = Files.readString(file);
                if (!begun.equals(wanted)) {
                    throw new InputException(folder + " holds a " + what + " of other settings ("
                            + differences(begun, wanted) + "); delete it or choose another folder with --out");
                }
            } else if (Files.exists(folder) && !isEmptyFolder(folder)) {
                throw new InputException(folder + " exists and is not a " + what + ": it has no " + mark
                        + "; choose another folder with --out");
            }
        } catch (IOException e) {
            throw new InputException("Cannot read " + folder + ": " + InputFile.reason(e), e);
        }
    }

    private static String text(Object settings) {
        return JsonMapper.shared().writeValueAsString(settings) + "\n";
    }

    private static String differences(String begun, String wanted) {
        SequencedMap<String, String> now = new LinkedHashMap<>();
        values("", JsonMapper.shared().readTree(wanted), now);
        SequencedMap<String, String> then = new LinkedHashMap<>();
        try {
            values("", JsonMapper.shared().readTree(begun), then);
        } catch (JacksonException e) {
            return "its file is damaged";
        }
        SequencedSet<String> names = new LinkedHashSet<>(now.keySet());
        names.addAll(then.keySet());
        return names.stream()
                .filter(name -> !value(then, name).equals(value(now, name)))
                .map(name -> name + " is " + value(then, name) + " there and " + value(now, name) + " now")
                .collect(Collectors.joining(", "));
    }

    private static String value(Map<String, String> values, String name) {
        return values.getOrDefault(name, "not given");
    }

    /** Each value by its name in words; an object within counts as its values. */
    private static void values(String name, JsonNode node, SequencedMap<String, String> values) {
        if (node.isObject()) {
            node.forEachEntry((key, value) -> values((name + " " + words(key)).strip(), value, values));
        } else {
            if (!node.isNull()) {
                values.put(name, node.isString() ? node.asString() : node.toString());
            }
        }
    }

    private static String words(String camelCase) {
        return camelCase.replaceAll("([a-z])([A-Z])", "$1 $2").toLowerCase(Locale.ROOT);
    }

    private static boolean isEmptyFolder(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return false;
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.findAny().isEmpty();
        }
    }
}
