package org.cryonext.engine.io;

import java.io.IOException;
import java.io.StringWriter;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.engine.tensor.TensorType;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Writes safetensors files with the bytes the format's reference implementation would write: tensors by descending
 * element size, then by name, and a header padded with spaces so that the data begins at a multiple of 8.
 */
public final class SafetensorsWriter {
    /** The reference implementation's order of element types, last written first. */
    private static final List<DType> ORDER = List.of(
            DType.U64,
            DType.I64,
            DType.F64,
            DType.F32,
            DType.U32,
            DType.I32,
            DType.BF16,
            DType.F16,
            DType.U16,
            DType.I16,
            DType.I8,
            DType.U8,
            DType.BOOL);

    /** What is handed to the file at once. */
    private static final int PIECE = 1 << 20;

    private SafetensorsWriter() {}

    /**
     * Writes tensors in their own element types.
     *
     * @param metadata strings for the header; may be empty
     * @throws InputException if the file cannot be written
     */
    public static void write(Path target, Map<String, Tensor> tensors, Map<String, String> metadata) {
        write(target, tensors, metadata, null);
    }

    /**
     * Writes tensors of floating type as {@code floats}, each asked for once, in its turn: they need not be in memory at the
     * same time.
     *
     * @param types of all tensors, by name
     * @param tensors gives a tensor of that type
     * @param metadata strings for the header; may be empty
     * @param floats F32, F16, BF16 or F64; null leaves every tensor in its own type
     * @throws InputException if the file cannot be written, or a finite value is too large for {@code floats}
     */
    public static void write(
            Path target,
            Map<String, TensorType> types,
            Function<String, Tensor> tensors,
            Map<String, String> metadata,
            DType floats) {
        AtomicFile.write(target, temporary -> writeAll(temporary, types, tensors, metadata, floats));
    }

    /**
     * Writes tensors of floating type as {@code floats}, and all others in their own type.
     *
     * @param floats F32, F16, BF16 or F64; each value is rounded to nearest even
     * @param metadata strings for the header; may be empty
     * @throws InputException if the file cannot be written, or a finite value is too large for {@code floats}
     */
    public static void write(Path target, Map<String, Tensor> tensors, Map<String, String> metadata, DType floats) {
        Map<String, TensorType> types = new TreeMap<>();
        tensors.forEach((name, tensor) -> types.put(name, tensor.type()));
        write(target, types, tensors::get, metadata, floats);
    }

    private static void writeAll(
            Path file,
            Map<String, TensorType> given,
            Function<String, Tensor> tensors,
            Map<String, String> metadata,
            DType floats)
            throws IOException {
        Map<String, TensorType> types = new TreeMap<>();
        given.forEach((name, type) -> types.put(name, written(type, floats)));
        // A stable sort of names that are sorted already.
        List<String> names = types.keySet().stream()
                .sorted(Comparator.comparingInt(
                        name -> ORDER.indexOf(types.get(name).dtype())))
                .toList();
        byte[] header = header(names, types, metadata);
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer length =
                    ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(0, header.length);
            writeFully(channel, length);
            writeFully(channel, ByteBuffer.wrap(header));
            ByteBuffer piece = ByteBuffer.allocateDirect(PIECE);
            for (String name : names) {
                Tensor tensor =
                        converted(name, tensors.apply(name), types.get(name).dtype());
                if (!tensor.type().equals(types.get(name))) {
                    throw new IllegalArgumentException(name + " is " + tensor.type() + ", not " + types.get(name));
                }
                writeFully(channel, tensor.data(), piece);
            }
        }
    }

    private static TensorType written(TensorType type, DType floats) {
        return floats != null && type.dtype().isFloating() ? new TensorType(floats, type.shape()) : type;
    }

    private static Tensor converted(String name, Tensor tensor, DType dtype) {
        Tensor result = tensor.to(dtype);
        if (result != tensor) {
            for (long i = 0; i < result.size(); i++) {
                if (Double.isInfinite(result.get(i)) && !Double.isInfinite(tensor.get(i))) {
                    throw new InputException("Tensor " + name + " holds " + tensor.get(i) + ", which is too large for "
                            + dtype + "; write F32" + (dtype == DType.F16 ? " or BF16" : "") + " instead");
                }
            }
        }
        return result;
    }

    private static byte[] header(List<String> names, Map<String, TensorType> types, Map<String, String> metadata) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JsonFactory.builder().build().createGenerator(ObjectWriteContext.empty(), text)) {
            json.writeStartObject();
            if (!metadata.isEmpty()) {
                json.writeObjectPropertyStart(SafetensorsHeader.METADATA);
                new TreeMap<>(metadata).forEach(json::writeStringProperty);
                json.writeEndObject();
            }
            long offset = 0;
            for (String name : names) {
                TensorType type = types.get(name);
                json.writeObjectPropertyStart(name);
                json.writeStringProperty("dtype", type.dtype().name());
                json.writeName("shape");
                writeLongs(json, type.shape().toArray());
                json.writeName("data_offsets");
                writeLongs(json, offset, offset + type.bytes());
                json.writeEndObject();
                offset += type.bytes();
            }
            json.writeEndObject();
        }
        byte[] plain = text.toString().getBytes(StandardCharsets.UTF_8);
        byte[] padded = Arrays.copyOf(plain, (plain.length + 7) / 8 * 8);
        Arrays.fill(padded, plain.length, padded.length, (byte) ' ');
        return padded;
    }

    private static void writeLongs(JsonGenerator json, long... values) {
        json.writeArray(values, 0, values.length);
    }

    /** Piece by piece, as arrays of numbers have no view of bytes that a file would take. */
    private static void writeFully(FileChannel channel, MemorySegment data, ByteBuffer piece) throws IOException {
        for (long at = 0; at < data.byteSize(); at += PIECE) {
            int count = (int) Math.min(PIECE, data.byteSize() - at);
            MemorySegment.copy(data, at, MemorySegment.ofBuffer(piece.clear()), 0, count);
            writeFully(channel, piece.limit(count));
        }
    }

    private static void writeFully(FileChannel channel, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }
}
