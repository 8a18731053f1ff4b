package org.cryonext.models.onnx;

import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.tensor.Bfloat16;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.engine.tensor.TensorType;

/** Turns a model's tensor messages into tensors: raw and external data stay where they are mapped. */
final class OnnxTensors {
    /** TensorProto.DataLocation.EXTERNAL. */
    private static final int EXTERNAL = 1;

    private final Path file;
    private final MemorySegment data;
    private final ExternalData external;

    /**
     * @param file for messages
     * @param data the whole file
     * @param external the files beside it
     */
    OnnxTensors(Path file, MemorySegment data, ExternalData external) {
        this.file = file;
        this.data = data;
        this.external = external;
    }

    /** The element type with a number of TensorProto.DataType; empty if tensors here have none such. */
    static Optional<DType> dtype(int number) {
        return Optional.ofNullable(
                switch (number) {
                    case 1 -> DType.F32;
                    case 2 -> DType.U8;
                    case 3 -> DType.I8;
                    case 4 -> DType.U16;
                    case 5 -> DType.I16;
                    case 6 -> DType.I32;
                    case 7 -> DType.I64;
                    case 9 -> DType.BOOL;
                    case 10 -> DType.F16;
                    case 11 -> DType.F64;
                    case 12 -> DType.U32;
                    case 13 -> DType.U64;
                    case 16 -> DType.BF16;
                    default -> null;
                });
    }

    /** A type as ONNX calls it, for messages. */
    static String typeName(int number) {
        TensorProto.DataType known = TensorProto.DataType.forNumber(number);
        return known == null ? "type number " + number : known.name();
    }

    /**
     * The tensor that a message describes.
     *
     * @param message as {@link WireCopy} gives it: {@code raw_data} holds a place in the file
     * @param name for messages
     * @throws InputException if its data do not fit its type and shape, or its type is none that tensors have here
     */
    Tensor tensor(TensorProto message, String name) {
        DType dtype = dtype(message.getDataType())
                .orElseThrow(() -> bad(
                        name,
                        "has the element type " + typeName(message.getDataType())
                                + ", expected one of FLOAT, DOUBLE, FLOAT16, BFLOAT16, INT8 to INT64, UINT8 to UINT64"
                                + " and BOOL"));
        TensorType type = type(dtype, message.getDimsList(), name);
        if (message.hasSegment()) {
            throw bad(name, "is stored in segments, which is not supported; save the model again with ONNX");
        }
        long typed = typedCount(message);
        if (message.getDataLocation().getNumber() == EXTERNAL) {
            if (message.hasRawData() || typed > 0) {
                throw bad(name, "has data both in the file and beside it");
            }
            return new Tensor(type, external.segment(name, entries(message), type.bytes()));
        }
        if (message.hasRawData()) {
            if (typed > 0) {
                throw bad(name, "has its data twice, as raw_data and as numbers");
            }
            WireCopy.Place place = WireCopy.Place.of(message.getRawData().asReadOnlyByteBuffer());
            if (place.length() != type.bytes()) {
                throw bad(
                        name,
                        "of " + type + " needs " + type.bytes() + " bytes, but its raw_data has " + place.length());
            }
            return new Tensor(type, data.asSlice(place.offset(), place.length()));
        }
        return typed(message, type, name, typed);
    }

    private TensorType type(DType dtype, List<Long> dims, String name) {
        try {
            TensorType type = new TensorType(dtype, new Shape(dims));
            // Whether the size in bytes can be counted, too.
            type.bytes();
            return type;
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new InputException(
                    OnnxFile.message(
                            file,
                            "tensor " + name + " has the shape " + dims
                                    + ", expected extents from 0 on whose product can be counted"),
                    e);
        }
    }

    private static Map<String, String> entries(TensorProto message) {
        Map<String, String> entries = new HashMap<>();
        for (StringStringEntryProto entry : message.getExternalDataList()) {
            entries.put(entry.getKey(), entry.getValue());
        }
        return entries;
    }

    private static long typedCount(TensorProto message) {
        return (long) message.getFloatDataCount()
                + message.getDoubleDataCount()
                + message.getInt32DataCount()
                + message.getInt64DataCount()
                + message.getUint64DataCount();
    }

    /** Numbers in the field that ONNX has for the type. */
    private Tensor typed(TensorProto message, TensorType type, String name, long found) {
        String field = switch (type.dtype()) {
            case F32 -> "float_data";
            case F64 -> "double_data";
            case I64 -> "int64_data";
            case U32, U64 -> "uint64_data";
            case F16, BF16, I8, I16, I32, U8, U16, BOOL -> "int32_data";
        };
        int count = switch (field) {
            case "float_data" -> message.getFloatDataCount();
            case "double_data" -> message.getDoubleDataCount();
            case "int64_data" -> message.getInt64DataCount();
            case "uint64_data" -> message.getUint64DataCount();
            default -> message.getInt32DataCount();
        };
        if (count != type.shape().size() || found != count) {
            throw bad(
                    name,
                    "of " + type + " needs " + type.shape().size() + " numbers in " + field + ", but has " + count
                            + (found == count ? "" : " there and " + (found - count) + " in other fields"));
        }
        Tensor tensor = Tensor.zeros(type);
        for (int i = 0; i < count; i++) {
            switch (type.dtype()) {
                case F32 -> tensor.set(i, message.getFloatData(i));
                case F64 -> tensor.set(i, message.getDoubleData(i));
                case I64 -> tensor.setLong(i, message.getInt64Data(i));
                case U64 -> tensor.setLong(i, message.getUint64Data(i));
                case U32 -> tensor.setLong(i, inRange(message.getUint64Data(i), 0, 0xffff_ffffL, type, name));
                case F16 -> tensor.set(i, Float.float16ToFloat(bits(message.getInt32Data(i), type, name)));
                case BF16 -> tensor.set(i, Bfloat16.toFloat(bits(message.getInt32Data(i), type, name)));
                case I8 -> tensor.setLong(i, inRange(message.getInt32Data(i), -128, 127, type, name));
                case I16 -> tensor.setLong(i, inRange(message.getInt32Data(i), -32768, 32767, type, name));
                case I32 -> tensor.setLong(i, message.getInt32Data(i));
                case U8 -> tensor.setLong(i, inRange(message.getInt32Data(i), 0, 0xff, type, name));
                case U16 -> tensor.setLong(i, inRange(message.getInt32Data(i), 0, 0xffff, type, name));
                case BOOL -> tensor.setLong(i, inRange(message.getInt32Data(i), 0, 1, type, name));
            }
        }
        return tensor;
    }

    private short bits(int value, TensorType type, String name) {
        return (short) inRange(value, 0, 0xffff, type, name);
    }

    private long inRange(long value, long lowest, long highest, TensorType type, String name) {
        if (value < lowest || value > highest) {
            throw bad(name, "of " + type + " holds the number " + value + ", expected " + lowest + " to " + highest);
        }
        return value;
    }

    private InputException bad(String name, String what) {
        return OnnxFile.bad(file, "tensor " + name + " " + what);
    }
}
