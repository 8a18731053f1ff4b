package org.cryonext.cryoet.simulate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.cryonext.engine.io.AtomicFile;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.InputFile;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The folder that a simulation fills: {@code simulation.json} says what it holds; each tomogram is made in
 * {@code model_k.part}, which is renamed to {@code model_k} when it is whole. So a run that was stopped goes on where it
 * stopped, and nothing else is ever overwritten.
 */
final class SimulationFolder {
    static final String DESCRIPTION = "simulation.json";
    private static final String TOMOGRAMS = "tomograms";

    private final Path folder;

    private SimulationFolder(Path folder) {
        this.folder = folder;
    }

    /**
     * Opens a new, an empty or an unfinished folder.
     *
     * @param description what will be in it
     * @throws InputException if the folder holds anything else
     */
    static SimulationFolder open(Path folder, ObjectNode description) {
        if (Files.exists(folder) && !Files.isDirectory(folder)) {
            throw new InputException(folder + " is a file; give a folder for the tomograms");
        }
        Path file = folder.resolve(DESCRIPTION);
        List<String> entries = entries(folder);
        if (Files.exists(file)) {
            // A run that failed before its first tomogram was whole may be tried again with other settings.
            if (entries.stream().anyMatch(name -> name.matches("model_\\d+"))) {
                requireSame(folder, description, read(file));
            }
        } else if (!entries.isEmpty()) {
            throw new InputException(folder + " is not empty and holds no " + DESCRIPTION
                    + " of an earlier simulation; choose another folder or empty this one");
        }
        AtomicFile.write(file, path -> Files.writeString(path, description.toPrettyString() + "\n"));
        return new SimulationFolder(folder);
    }

    /** The description of what a folder holds; empty where there is none. */
    static Optional<JsonNode> description(Path folder) {
        Path file = folder.resolve(DESCRIPTION);
        return Files.exists(file) ? Optional.of(read(file)) : Optional.empty();
    }

    /** Takes away the tomograms, whole and half made, and the description; the folder too, if it is empty then. */
    static void discard(Path folder) {
        try {
            for (String name : entries(folder)) {
                if (name.matches("model_\\d+(\\.part)?")) {
                    delete(folder.resolve(name));
                }
            }
            Files.deleteIfExists(folder.resolve(DESCRIPTION));
            if (Files.exists(folder) && entries(folder).isEmpty()) {
                Files.delete(folder);
            }
        } catch (IOException e) {
            throw new InputException("Cannot delete " + folder + ": " + AtomicFile.reason(folder, e), e);
        }
    }

    private static JsonNode read(Path file) {
        try {
            return new ObjectMapper().readTree(file.toFile());
        } catch (JacksonException e) {
            throw new InputException(file + " is not readable JSON; choose another folder or delete this one", e);
        }
    }

    private static void requireSame(Path folder, ObjectNode wanted, JsonNode found) {
        for (String name : wanted.propertyNames()) {
            JsonNode there = value(found, name);
            boolean fits = name.equals(TOMOGRAMS)
                    ? there.asInt(0) <= wanted.get(name).asInt()
                    : there.toString().equals(wanted.get(name).toString());
            if (!fits) {
                throw new InputException(folder + " holds a simulation of other settings: " + name + " is " + there
                        + " there and " + wanted.get(name) + " now; choose another folder or delete this one");
            }
        }
    }

    /** What a description says of a setting; those of earlier versions say nothing of some, which were SHREC's then. */
    static JsonNode value(JsonNode description, String name) {
        return description.has(name)
                ? description.get(name)
                : switch (name) {
                    case "defocus" -> JsonNodeFactory.instance.numberNode(Imaging.SHREC.defocus());
                    case "max_tilt" -> JsonNodeFactory.instance.numberNode(Imaging.SHREC.maxTilt());
                    default -> MissingNode.getInstance();
                };
    }

    private static List<String> entries(Path folder) {
        if (!Files.exists(folder)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.map(entry -> entry.getFileName().toString()).toList();
        } catch (IOException e) {
            throw new InputException("Cannot list " + folder + ": " + InputFile.reason(e), e);
        }
    }

    /** The folder of one tomogram. */
    Path tomogram(int number) {
        return folder.resolve("model_" + number);
    }

    /** Whether a tomogram is there, and whole. */
    boolean holds(int number) {
        return Files.isDirectory(tomogram(number));
    }

    /** Fills a temporary folder. */
    @FunctionalInterface
    interface Filler {
        /** @throws IOException passed on as an {@link InputException} that names the folder */
        void fill(Path temporary) throws IOException;
    }

    /** Makes one tomogram: it appears under its name when {@code filler} is done; what a failure leaves is taken away. */
    void make(int number, Filler filler) {
        Path temporary = folder.resolve("model_" + number + ".part");
        try {
            delete(temporary);
            Files.createDirectory(temporary);
            try {
                filler.fill(temporary);
            } catch (IOException | RuntimeException e) {
                delete(temporary);
                throw e;
            }
            Files.move(temporary, tomogram(number));
        } catch (IOException e) {
            throw unwritable(number, e);
        } catch (UncheckedIOException e) {
            throw unwritable(number, e.getCause());
        }
    }

    private InputException unwritable(int number, IOException e) {
        return new InputException(
                "Cannot write " + tomogram(number) + ": " + AtomicFile.reason(tomogram(number), e), e);
    }

    /** Leaves nothing of a simulation that has no tomogram: its folder may be used for another one. */
    void discardIfEmpty() {
        try {
            if (entries(folder).equals(List.of(DESCRIPTION))) {
                Files.delete(folder.resolve(DESCRIPTION));
                Files.delete(folder);
            }
        } catch (IOException e) {
            throw new InputException(
                    "Cannot delete " + folder.resolve(DESCRIPTION) + ": "
                            + AtomicFile.reason(folder.resolve(DESCRIPTION), e),
                    e);
        }
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        List<Path> entries;
        try (Stream<Path> walk = Files.walk(folder)) {
            entries = walk.sorted(Comparator.reverseOrder()).toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        for (Path entry : entries) {
            Files.delete(entry);
        }
    }
}
