package org.cryonext.models.onnx;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import org.cryonext.engine.io.InputException;

/**
 * Walks over the fields of one protobuf message in a mapped file. Nothing is copied; every length is checked against the
 * message it lies in. Format: protobuf.dev/programming-guides/encoding.
 */
final class WireReader {
    static final int VARINT = 0;
    static final int FIXED64 = 1;
    static final int BYTES = 2;
    static final int FIXED32 = 5;

    private final Path file;
    private final MemorySegment data;
    private final long end;
    private long at;
    private int field;
    private int wireType;
    private long start;
    private long length;

    /**
     * @param file for messages
     * @param data the whole file
     * @param start first byte of the message
     * @param length its bytes, which must lie in the file
     */
    WireReader(Path file, MemorySegment data, long start, long length) {
        this.file = file;
        this.data = data;
        this.at = start;
        this.end = start + length;
    }

    /**
     * Goes on to the next field.
     *
     * @return false at the end of the message
     * @throws InputException if the field is cut off or malformed
     */
    boolean next() {
        if (at == end) {
            return false;
        }
        long place = at;
        long tag = varint();
        field = (int) (tag >>> 3);
        wireType = (int) (tag & 7);
        if (tag >>> 32 != 0 || field == 0) {
            throw bad("a field's tag at byte " + place + " is " + Long.toUnsignedString(tag) + ", which no field has");
        }
        start = at;
        switch (wireType) {
            case VARINT -> varint();
            case FIXED64 -> at = start + 8;
            case FIXED32 -> at = start + 4;
            case BYTES -> {
                long announced = varint();
                start = at;
                if (announced < 0 || announced > end - at) {
                    throw bad("field " + field + " at byte " + place + " announces " + Long.toUnsignedString(announced)
                            + " bytes, but only " + (end - at) + " are left");
                }
                at += announced;
            }
            default ->
                throw bad("field " + field + " at byte " + place + " has the wire type " + wireType
                        + ", which ONNX does not use");
        }
        if (at > end) {
            throw bad("field " + field + " at byte " + place + " is cut off");
        }
        length = at - start;
        return true;
    }

    /** Number of the field. */
    int field() {
        return field;
    }

    /** How the field is encoded. */
    int wireType() {
        return wireType;
    }

    /** First byte of the field's value; for bytes, after their length. */
    long start() {
        return start;
    }

    /** Bytes of the field's value. */
    long length() {
        return length;
    }

    /** The fields of the message that the current field holds. */
    WireReader message() {
        return new WireReader(file, data, start, length);
    }

    private long varint() {
        long place = at;
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            if (at == end) {
                throw bad("a number at byte " + place + " is cut off");
            }
            byte b = data.get(ValueLayout.JAVA_BYTE, at++);
            value |= (long) (b & 0x7f) << shift;
            if (b >= 0) {
                return value;
            }
        }
        throw bad("a number at byte " + place + " has more than ten bytes");
    }

    private InputException bad(String what) {
        return OnnxFile.bad(file, what + "; the file is truncated, damaged or of another format");
    }
}
