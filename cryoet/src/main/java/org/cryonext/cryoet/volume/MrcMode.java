package org.cryonext.cryoet.volume;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** How an MRC file stores a voxel: the modes of MRC2014 that hold an image. */
public enum MrcMode {
    /** Mode 0, signed bytes. */
    INT8(0, 1, -128, 127),
    /** Mode 0 as IMOD wrote it before 2011 and marks it: unsigned bytes. */
    UINT8(0, 1, 0, 255),
    /** Mode 1. */
    INT16(1, 2, -32768, 32767),
    /** Mode 2. */
    FLOAT32(2, 4, -Float.MAX_VALUE, Float.MAX_VALUE),
    /** Mode 6. */
    UINT16(6, 2, 0, 65535),
    /** Mode 12. */
    FLOAT16(12, 2, -65504, 65504);

    private final int code;
    private final int bytes;
    private final float smallest;
    private final float largest;

    MrcMode(int code, int bytes, float smallest, float largest) {
        this.code = code;
        this.bytes = bytes;
        this.smallest = smallest;
        this.largest = largest;
    }

    /** The number in the header. */
    public int code() {
        return code;
    }

    /** Bytes a voxel. */
    public int bytes() {
        return bytes;
    }

    boolean floating() {
        return this == FLOAT32 || this == FLOAT16;
    }

    boolean holds(float value) {
        return value >= smallest && value <= largest && (floating() || value == Math.rint(value));
    }

    float get(MemorySegment segment, long at, ByteOrder order) {
        return switch (this) {
            case INT8 -> segment.get(ValueLayout.JAVA_BYTE, at);
            case UINT8 -> segment.get(ValueLayout.JAVA_BYTE, at) & 0xFF;
            case INT16 -> shortAt(segment, at, order);
            case UINT16 -> shortAt(segment, at, order) & 0xFFFF;
            case FLOAT16 -> Float.float16ToFloat(shortAt(segment, at, order));
            case FLOAT32 -> segment.get(ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(order), at);
        };
    }

    void put(MemorySegment segment, long at, float value) {
        switch (this) {
            case INT8, UINT8 -> segment.set(ValueLayout.JAVA_BYTE, at, (byte) (int) value);
            case INT16, UINT16 ->
                segment.set(
                        ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), at, (short) (int) value);
            case FLOAT16 ->
                segment.set(
                        ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN),
                        at,
                        Float.floatToFloat16(value));
            case FLOAT32 -> segment.set(ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), at, value);
        }
    }

    private static short shortAt(MemorySegment segment, long at, ByteOrder order) {
        return segment.get(ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(order), at);
    }
}
