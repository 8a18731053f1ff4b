package org.cryonext.models.onnx;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import org.cryonext.engine.io.InputException;

/**
 * Copies an ONNX model's description out of the mapped file and leaves the weights there: in place of each tensor's
 * {@code raw_data} stands its {@link Place} in the file. Only fields that are used are copied: no documentation, no
 * subgraphs, no bodies of functions. Field numbers: those of onnx.proto, IR version 14.
 */
final class WireCopy {
    /** Longest description taken: a graph without its weights has at most a few megabytes. */
    private static final int LONGEST = 1 << 28;

    /**
     * Where a tensor's bytes lie in the file.
     *
     * @param offset first byte
     * @param length bytes
     */
    record Place(long offset, long length) {
        private static final int BYTES = 16;

        /** Reads what stands in a {@code raw_data} field of the copy. */
        static Place of(ByteBuffer bytes) {
            ByteBuffer little = bytes.order(ByteOrder.LITTLE_ENDIAN);
            return new Place(little.getLong(0), little.getLong(8));
        }
    }

    /** Messages that are looked into. */
    private enum Message {
        MODEL,
        GRAPH,
        NODE,
        ATTRIBUTE,
        TENSOR,
        SPARSE_TENSOR,
        FUNCTION
    }

    private sealed interface Action {
        /** The field is not needed. */
        record Leave() implements Action {}

        /** The field is copied as it is. */
        record Copy() implements Action {}

        /** The field is replaced by its place. */
        record Locate() implements Action {}

        /** The field is a message whose fields are copied one by one. */
        record Enter(Message message) implements Action {}
    }

    private static final Action LEAVE = new Action.Leave();
    private static final Action COPY = new Action.Copy();
    private static final Action LOCATE = new Action.Locate();

    private final Path file;
    private final MemorySegment data;

    private WireCopy(Path file, MemorySegment data) {
        this.file = file;
        this.data = data;
    }

    /**
     * The description of the model that the file holds, as a protobuf message.
     *
     * @throws InputException if the file's fields do not fit together
     */
    static byte[] of(Path file, MemorySegment data) {
        Sink sink = new Sink();
        new WireCopy(file, data).copy(Message.MODEL, new WireReader(file, data, 0, data.byteSize()), sink);
        return sink.bytes();
    }

    private static Action action(Message message, int field) {
        return switch (message) {
            case MODEL ->
                switch (field) {
                    // ir_version, producer_name, producer_version, domain, model_version, opset_import, metadata_props
                    case 1, 2, 3, 4, 5, 8, 14 -> COPY;
                    case 7 -> new Action.Enter(Message.GRAPH);
                    case 25 -> new Action.Enter(Message.FUNCTION);
                    default -> LEAVE;
                };
            case GRAPH ->
                switch (field) {
                    case 1 -> new Action.Enter(Message.NODE);
                    case 5 -> new Action.Enter(Message.TENSOR);
                    case 15 -> new Action.Enter(Message.SPARSE_TENSOR);
                    // name, input, output
                    case 2, 11, 12 -> COPY;
                    default -> LEAVE;
                };
            case NODE ->
                switch (field) {
                    case 5 -> new Action.Enter(Message.ATTRIBUTE);
                    // input, output, name, op_type, domain
                    case 1, 2, 3, 4, 7 -> COPY;
                    default -> LEAVE;
                };
            case ATTRIBUTE ->
                switch (field) {
                    case 5, 10 -> new Action.Enter(Message.TENSOR);
                    case 22, 23 -> new Action.Enter(Message.SPARSE_TENSOR);
                    // name, f, i, s, floats, ints, strings, type, ref_attr_name
                    case 1, 2, 3, 4, 7, 8, 9, 20, 21 -> COPY;
                    default -> LEAVE;
                };
            case TENSOR ->
                switch (field) {
                    case 9 -> LOCATE;
                    // dims, data_type, segment, the typed data, name, external_data, data_location
                    case 1, 2, 3, 4, 5, 7, 8, 10, 11, 13, 14 -> COPY;
                    default -> LEAVE;
                };
            case SPARSE_TENSOR -> field == 1 ? new Action.Enter(Message.TENSOR) : LEAVE;
            case FUNCTION -> field == 1 || field == 10 ? COPY : LEAVE;
        };
    }

    private void copy(Message message, WireReader in, Sink out) {
        while (in.next()) {
            Action action = action(message, in.field());
            if (action instanceof Action.Copy && out.length + in.length() > LONGEST) {
                throw OnnxFile.bad(
                        file,
                        "its description without the weights' raw data is longer than " + (LONGEST >> 20)
                                + " MiB; store the weights as raw_data or as external data");
            }
            switch (action) {
                case Action.Leave() -> {}
                case Action.Copy() -> {
                    out.tag(in.field(), in.wireType());
                    if (in.wireType() == WireReader.BYTES) {
                        out.varint(in.length());
                    }
                    out.copy(data, in.start(), in.length());
                }
                case Action.Locate() -> {
                    if (in.wireType() == WireReader.BYTES) {
                        out.tag(in.field(), WireReader.BYTES);
                        out.varint(Place.BYTES);
                        out.fixed64(in.start());
                        out.fixed64(in.length());
                    }
                }
                case Action.Enter(Message inner) -> {
                    // A field of another wire type is an unknown one to protobuf, too.
                    if (in.wireType() == WireReader.BYTES) {
                        Sink child = new Sink();
                        copy(inner, in.message(), child);
                        out.tag(in.field(), WireReader.BYTES);
                        out.varint(child.length);
                        out.append(child);
                    }
                }
            }
        }
    }

    /** Bytes that grow with what is written. */
    private static final class Sink {
        private byte[] array = new byte[64];
        private int length;

        byte[] bytes() {
            return Arrays.copyOf(array, length);
        }

        private void reserve(long more) {
            if (more > array.length - length) {
                array = Arrays.copyOf(array, Math.toIntExact(Math.max(length + more, 2L * array.length)));
            }
        }

        void tag(int field, int wireType) {
            varint((long) field << 3 | wireType);
        }

        void varint(long value) {
            reserve(10);
            long rest = value;
            while ((rest & ~0x7fL) != 0) {
                array[length++] = (byte) (rest & 0x7f | 0x80);
                rest >>>= 7;
            }
            array[length++] = (byte) rest;
        }

        void fixed64(long value) {
            reserve(8);
            for (int i = 0; i < 8; i++) {
                array[length++] = (byte) (value >>> 8 * i);
            }
        }

        void copy(MemorySegment data, long start, long count) {
            reserve(count);
            MemorySegment.copy(data, ValueLayout.JAVA_BYTE, start, array, length, (int) count);
            length += (int) count;
        }

        void append(Sink other) {
            reserve(other.length);
            System.arraycopy(other.array, 0, array, length, other.length);
            length += other.length;
        }
    }
}
