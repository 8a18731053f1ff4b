package org.cryonext.models.export;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.cryonext.engine.io.AtomicFile;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.Progress;
import org.cryonext.engine.tensor.Tensor;

/**
 * Writes ONNX files. The weights go to the file one by one: a message of protobuf may be written field by field once the
 * sizes are known, and those follow from the shapes.
 */
public final class OnnxWriter {
    /** Protobuf's limit for a message. */
    private static final long LARGEST_MESSAGE = Integer.MAX_VALUE;

    /** Smaller constants stay in the message even when weights do not, because shape inference needs the axes. */
    private static final long SMALLEST_EXTERNAL = 1024;

    /** Weights beside the message begin at whole pages, so that they can be mapped one by one. */
    private static final long PAGE = 4096;

    private static final int BUFFER = 1 << 20;

    private final OnnxModel model;
    private final Progress progress;

    private OnnxWriter(OnnxModel model, Progress progress) {
        this.model = model;
        this.progress = progress;
    }

    /**
     * Writes a graph as an ONNX file; if it would be larger than protobuf allows (2 GiB), its weights go to a file of the
     * same name with {@code .data} added. A reader never sees a file beside data that are not its own.
     *
     * @param metadata strings of the model's metadata_props
     * @return the files that were written
     * @throws InputException if they cannot be written
     */
    public static List<Path> write(Path file, OnnxGraph graph, Map<String, String> metadata, Progress progress) {
        return write(file, graph, metadata, LARGEST_MESSAGE, progress);
    }

    /**
     * As {@link #write(Path, OnnxGraph, Map, Progress)}.
     *
     * @param largest bytes up to which everything goes into one file
     */
    public static List<Path> write(
            Path file, OnnxGraph graph, Map<String, String> metadata, long largest, Progress progress) {
        OnnxModel model = graph.model(metadata);
        progress.start(
                "Writing " + file.getFileName(),
                model.initializers().stream().mapToLong(i -> i.type().bytes()).sum(),
                "bytes");
        OnnxWriter writer = new OnnxWriter(model, progress);
        List<Path> files = writer.inlineSize() <= largest ? writer.inline(file) : writer.external(file);
        progress.finish();
        return files;
    }

    private long inlineSize() {
        return model.header().getSerializedSize()
                + fieldSize(
                        ModelProto.GRAPH_FIELD_NUMBER,
                        graphSize(model.initializers().stream()
                                .map(i -> new Part(header(i), i))
                                .toList()));
    }

    private List<Path> inline(Path file) {
        List<Part> parts =
                model.initializers().stream().map(i -> new Part(header(i), i)).toList();
        AtomicFile.write(file, temporary -> writeMessage(temporary, parts));
        return List.of(file);
    }

    private List<Path> external(Path file) {
        Path data = file.resolveSibling(file.getFileName() + ".data");
        List<Part> parts = new ArrayList<>();
        List<Initializer> outside = new ArrayList<>();
        long offset = 0;
        for (Initializer initializer : model.initializers()) {
            long bytes = initializer.type().bytes();
            if (bytes < SMALLEST_EXTERNAL) {
                parts.add(new Part(header(initializer), initializer));
            } else {
                TensorProto reference = header(initializer).toBuilder()
                        .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                        .addExternalData(entry("location", data.getFileName().toString()))
                        .addExternalData(entry("offset", Long.toString(offset)))
                        .addExternalData(entry("length", Long.toString(bytes)))
                        .build();
                parts.add(new Part(reference, null));
                outside.add(initializer);
                offset = pages(offset + bytes);
            }
        }
        AtomicFile.write(file, temporary -> {
            writeMessage(temporary, parts);
            AtomicFile.write(data, temporaryData -> {
                writeData(temporaryData, outside);
                // An older file would be read with the new data if the machine stopped between the two renames.
                Files.deleteIfExists(file);
            });
        });
        return List.of(file, data);
    }

    /**
     * An initializer as it stands in the message.
     *
     * @param header all of it but its values
     * @param values where these come from, or null where they are in another file
     */
    private record Part(TensorProto header, Initializer values) {
        long size() {
            return header.getSerializedSize()
                    + (values == null
                            ? 0
                            : fieldSize(
                                    TensorProto.RAW_DATA_FIELD_NUMBER,
                                    values.type().bytes()));
        }
    }

    private long graphSize(List<Part> parts) {
        return model.graph().getSerializedSize()
                + parts.stream()
                        .mapToLong(part -> fieldSize(GraphProto.INITIALIZER_FIELD_NUMBER, part.size()))
                        .sum();
    }

    private void writeMessage(Path file, List<Part> parts) throws IOException {
        try (OutputStream stream = Files.newOutputStream(file)) {
            CodedOutputStream out = CodedOutputStream.newInstance(stream, BUFFER);
            model.header().writeTo(out);
            begin(out, ModelProto.GRAPH_FIELD_NUMBER, graphSize(parts));
            model.graph().writeTo(out);
            for (Part part : parts) {
                begin(out, GraphProto.INITIALIZER_FIELD_NUMBER, part.size());
                part.header().writeTo(out);
                if (part.values() != null) {
                    begin(
                            out,
                            TensorProto.RAW_DATA_FIELD_NUMBER,
                            part.values().type().bytes());
                    writeValues(part.values(), out::writeRawBytes);
                }
            }
            out.flush();
        }
    }

    private void writeData(Path file, List<Initializer> initializers) throws IOException {
        try (FileChannel channel = FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.TRUNCATE_EXISTING);
                OutputStream out = Channels.newOutputStream(channel)) {
            for (Initializer initializer : initializers) {
                channel.position(pages(channel.position()));
                writeValues(initializer, out::write);
            }
            channel.force(true);
        }
    }

    @FunctionalInterface
    private interface Sink {
        void write(byte[] bytes, int from, int count) throws IOException;
    }

    private void writeValues(Initializer initializer, Sink sink) throws IOException {
        Tensor values = initializer.values().get();
        if (!values.type().equals(initializer.type())) {
            throw new IllegalStateException(
                    initializer.name() + " is " + values.type() + ", announced was " + initializer.type());
        }
        byte[] piece = new byte[(int) Math.min(BUFFER, values.data().byteSize())];
        for (long at = 0; at < values.data().byteSize(); at += piece.length) {
            int count = (int) Math.min(piece.length, values.data().byteSize() - at);
            MemorySegment.copy(values.data(), ValueLayout.JAVA_BYTE, at, piece, 0, count);
            sink.write(piece, 0, count);
            progress.advance(count);
        }
    }

    private static TensorProto header(Initializer initializer) {
        return TensorProto.newBuilder()
                .setName(initializer.name())
                .setDataType(OnnxGraph.dataType(initializer.type().dtype()).getNumber())
                .addAllDims(initializer.type().shape().dims())
                .build();
    }

    private static StringStringEntryProto entry(String key, String value) {
        return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
    }

    private static long pages(long offset) {
        return (offset + PAGE - 1) / PAGE * PAGE;
    }

    /** Bytes of a field that holds {@code bytes} bytes. */
    private static long fieldSize(int field, long bytes) {
        return CodedOutputStream.computeTagSize(field) + CodedOutputStream.computeUInt64SizeNoTag(bytes) + bytes;
    }

    private static void begin(CodedOutputStream out, int field, long bytes) throws IOException {
        out.writeTag(field, WireFormat.WIRETYPE_LENGTH_DELIMITED);
        out.writeUInt64NoTag(bytes);
    }
}
