package org.cryonext.cryoet.fetch;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.cryonext.engine.io.AtomicFile;

/**
 * A note of the files that came, with their sizes: by it a later call sees whether one of them was lost since.
 *
 * @param checksum of the archive that they came from; empty for files that came one by one
 * @param files in the order in which they came
 */
record Inventory(String checksum, List<Item> files) {
    private static final String SEPARATOR = "\t";

    /** A file and its bytes; the path is relative to the folder of the note. */
    record Item(Path path, long bytes) {}

    Inventory {
        files = List.copyOf(files);
    }

    /** The note's content; nothing where there is none or it is none that was written here. */
    static Optional<Inventory> read(Path note) {
        if (!Files.isRegularFile(note)) {
            return Optional.empty();
        }
        try {
            List<String> lines = Files.readAllLines(note, StandardCharsets.UTF_8);
            List<Item> files = new ArrayList<>();
            for (String line : lines.subList(Math.min(1, lines.size()), lines.size())) {
                String[] parts = line.split(SEPARATOR, 2);
                if (parts.length < 2) {
                    return Optional.empty();
                }
                files.add(new Item(Path.of(parts[1]), Long.parseLong(parts[0])));
            }
            return lines.isEmpty() ? Optional.empty() : Optional.of(new Inventory(lines.getFirst(), files));
        } catch (IOException | NumberFormatException e) {
            // A note that cannot be read says nothing, and what it was about is brought anew.
            return Optional.empty();
        }
    }

    /** Writes the note. */
    void write(Path note) {
        String text = files.stream()
                .map(item -> item.bytes() + SEPARATOR + item.path() + "\n")
                .collect(Collectors.joining("", checksum + "\n", ""));
        AtomicFile.write(note, file -> Files.writeString(file, text));
    }

    /**
     * What is wrong with the first file that is not there in its size; nothing where all are.
     *
     * @param folder of the note
     */
    Optional<String> fault(Path folder) {
        return files.stream().flatMap(item -> fault(folder, item).stream()).findFirst();
    }

    private static Optional<String> fault(Path folder, Item item) {
        Path file = folder.resolve(item.path());
        if (!Files.isRegularFile(file)) {
            return Optional.of(file + " is missing");
        }
        try {
            long bytes = Files.size(file);
            return bytes == item.bytes()
                    ? Optional.empty()
                    : Optional.of(file + " has " + bytes + " bytes, " + item.bytes() + " were fetched");
        } catch (IOException e) {
            return Optional.of(file + " cannot be read");
        }
    }
}
