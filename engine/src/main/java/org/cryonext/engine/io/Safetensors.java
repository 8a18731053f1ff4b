package org.cryonext.engine.io;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Map;
import java.util.SequencedMap;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.engine.tensor.TensorType;

/**
 * A safetensors file, memory-mapped: tensors are views of the file and are valid until it is closed. Everything its
 * header claims is checked against the file's size before it is believed. Format: 8 bytes little-endian header length,
 * a JSON header (name to dtype, shape, data_offsets; {@code __metadata__}: strings), the tensors without gaps.
 */
public final class Safetensors implements AutoCloseable {
    private static final String EXPECTED = "a safetensors file";

    private final Path file;
    private final Arena arena;
    private final MemorySegment data;
    private final SafetensorsHeader header;

    private Safetensors(Path file, Arena arena, MemorySegment data, SafetensorsHeader header) {
        this.file = file;
        this.arena = arena;
        this.data = data;
        this.header = header;
    }

    /**
     * Opens a file and reads its header.
     *
     * @throws InputException if the file is missing, truncated or not well-formed; the message names the place
     */
    public static Safetensors open(Path file) {
        InputFile.require(file, EXPECTED);
        Arena arena = Arena.ofShared();
        try (FileChannel channel = FileChannel.open(file)) {
            MemorySegment whole = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
            SafetensorsHeader header = SafetensorsHeader.read(file, whole);
            return new Safetensors(file, arena, whole.asSlice(header.dataStart()), header);
        } catch (IOException e) {
            arena.close();
            throw InputFile.unreadable(file, EXPECTED, e);
        } catch (RuntimeException | Error e) {
            arena.close();
            throw e;
        }
    }

    /** The file. */
    public Path file() {
        return file;
    }

    /** Names and types, in the order of the data. */
    public SequencedMap<String, TensorType> types() {
        return header.types();
    }

    /** The header's {@code __metadata__}; empty if it has none. */
    public Map<String, String> metadata() {
        return header.metadata();
    }

    /**
     * A view of one tensor.
     *
     * @throws InputException if there is none of this name
     */
    public Tensor tensor(String name) {
        TensorType type = header.types().get(name);
        if (type == null) {
            throw new InputException(file + " has no tensor " + name);
        }
        return new Tensor(type, data.asSlice(header.offsets().get(name), type.bytes()));
    }

    /** Unmaps the file; tensors taken from it may not be used any more. */
    @Override
    public void close() {
        arena.close();
    }
}
