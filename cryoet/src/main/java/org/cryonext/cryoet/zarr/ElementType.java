package org.cryonext.cryoet.zarr;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** How an element of an array is stored. */
enum ElementType {
    INT8("i1", "int8", 1),
    UINT8("u1", "uint8", 1),
    INT16("i2", "int16", 2),
    UINT16("u2", "uint16", 2),
    FLOAT16("f2", "float16", 2),
    FLOAT32("f4", "float32", 4);

    private final String v2;
    private final String v3;
    private final int bytes;

    ElementType(String v2, String v3, int bytes) {
        this.v2 = v2;
        this.v3 = v3;
        this.bytes = bytes;
    }

    /** The type that Zarr 2 names so, without the sign of the byte order: {@code f4}. */
    static Optional<ElementType> ofV2(String name) {
        return Arrays.stream(values()).filter(type -> type.v2.equals(name)).findFirst();
    }

    /** The type that Zarr 3 names so: {@code float32}. */
    static Optional<ElementType> ofV3(String name) {
        return Arrays.stream(values()).filter(type -> type.v3.equals(name)).findFirst();
    }

    /** For messages: those that can be read. */
    static String names() {
        return Arrays.stream(values()).map(type -> type.v3).collect(Collectors.joining(", "));
    }

    int bytes() {
        return bytes;
    }

    boolean floating() {
        return this == FLOAT16 || this == FLOAT32;
    }

    /** Converts elements that follow one another to values that lie {@code step} apart. */
    void copy(MemorySegment from, long at, int count, ByteOrder order, float[] out, int to, int step) {
        if (this == FLOAT32 && step == 1) {
            MemorySegment.copy(from, ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(order), at, out, to, count);
            return;
        }
        for (int i = 0; i < count; i++) {
            out[to + i * step] = get(from, at + (long) i * bytes, order);
        }
    }

    private float get(MemorySegment from, long at, ByteOrder order) {
        return switch (this) {
            case INT8 -> from.get(ValueLayout.JAVA_BYTE, at);
            case UINT8 -> from.get(ValueLayout.JAVA_BYTE, at) & 0xFF;
            case INT16 -> shortAt(from, at, order);
            case UINT16 -> shortAt(from, at, order) & 0xFFFF;
            case FLOAT16 -> Float.float16ToFloat(shortAt(from, at, order));
            case FLOAT32 -> from.get(ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(order), at);
        };
    }

    private static short shortAt(MemorySegment from, long at, ByteOrder order) {
        return from.get(ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(order), at);
    }
}
