package org.cryonext.models.onnx;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.cryonext.engine.io.ConfinedFile;
import org.cryonext.engine.io.InputException;

/**
 * The files beside a model that hold weights too large for it. None but {@link ConfinedFile files of the model's own
 * folder} are opened, whatever the model says; each is mapped once.
 */
final class ExternalData {
    private final Path model;
    private final Arena arena;
    private final Map<Path, MemorySegment> mapped = new HashMap<>();

    /**
     * @param model the ONNX file
     * @param arena owns the mappings
     */
    ExternalData(Path model, Arena arena) {
        this.model = model;
        this.arena = arena;
    }

    /** Bytes of all files mapped so far. */
    long bytes() {
        return mapped.values().stream().mapToLong(MemorySegment::byteSize).sum();
    }

    /**
     * The bytes of a tensor.
     *
     * @param tensor its name, for messages
     * @param entries location, and offset and length as decimal numbers
     * @param bytes what its type needs
     * @throws InputException if the location is not a file in the model's folder, or the tensor does not lie in it
     */
    MemorySegment segment(String tensor, Map<String, String> entries, long bytes) {
        String location = entries.getOrDefault("location", "");
        long offset = number(tensor, entries, "offset", 0);
        long length = number(tensor, entries, "length", bytes);
        if (length != bytes) {
            throw bad(tensor, "its length is " + length + " bytes, but its type and shape need " + bytes);
        }
        MemorySegment data = map(tensor, location);
        if (offset > data.byteSize() || length > data.byteSize() - offset) {
            throw bad(
                    tensor,
                    "it should lie in " + location + " from byte " + offset + " to " + offset + " + " + length
                            + ", but that file has " + data.byteSize() + " bytes; it is truncated or another model's");
        }
        return data.asSlice(offset, length);
    }

    private long number(String tensor, Map<String, String> entries, String key, long absent) {
        String text = entries.get(key);
        if (text == null) {
            return absent;
        }
        try {
            long value = Long.parseLong(text);
            if (value >= 0) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Said below, as for negative numbers.
        }
        throw bad(tensor, "its " + key + " is " + text + ", expected a whole number from 0 on");
    }

    private MemorySegment map(String tensor, String location) {
        Path file = confined(tensor, location);
        MemorySegment known = mapped.get(file);
        if (known != null) {
            return known;
        }
        try (FileChannel channel = FileChannel.open(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
            MemorySegment data = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
            mapped.put(file, data);
            return data;
        } catch (IOException e) {
            throw new InputException(message(tensor, location + " cannot be read: " + e.getMessage()), e);
        }
    }

    /** The file itself, free of links; it lies in the model's folder or below. */
    private Path confined(String tensor, String location) {
        try {
            Path relative = Path.of(location);
            if (location.isEmpty() || relative.isAbsolute() || location.contains("\\")) {
                throw outside(tensor, location);
            }
            for (Path part : relative) {
                if (part.toString().equals("..")) {
                    throw outside(tensor, location);
                }
            }
            Path folder = model.toAbsolutePath().getParent();
            Path named = folder.resolve(relative);
            if (!Files.exists(named)) {
                throw bad(tensor, "its data should be in " + named + ", but there is no such file; put it there");
            }
            Path file = ConfinedFile.in(folder, relative).orElseThrow(() -> outside(tensor, location));
            if (!Files.isRegularFile(file)) {
                throw bad(tensor, "its data should be in " + named + ", which is not a file");
            }
            return file;
        } catch (InvalidPathException | IOException e) {
            throw new InputException(message(tensor, "the location of its data, " + location + ", is not a path"), e);
        }
    }

    private InputException outside(String tensor, String location) {
        return bad(
                tensor,
                "its data should be in \"" + location + "\", but only files in the model's own folder are read; put the"
                        + " file itself there, not a link, and name it by a relative path");
    }

    private InputException bad(String tensor, String what) {
        return new InputException(message(tensor, what));
    }

    private String message(String tensor, String what) {
        return OnnxFile.message(model, "tensor " + tensor + " has external data: " + what);
    }
}
