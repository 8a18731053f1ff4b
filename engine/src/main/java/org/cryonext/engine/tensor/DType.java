package org.cryonext.engine.tensor;

/** Element type of a tensor. Names and sizes are those of safetensors and PyTorch. */
public enum DType {
    F32(4, true),
    F64(8, true),
    F16(2, true),
    BF16(2, true),
    U8(1, false),
    I8(1, false),
    U16(2, false),
    I16(2, false),
    U32(4, false),
    I32(4, false),
    U64(8, false),
    I64(8, false),
    BOOL(1, false);

    private static final double TWO_TO_63 = 0x1p63;
    private static final double TWO_TO_64 = 0x1p64;

    private final int bytes;
    private final boolean floating;

    DType(int bytes, boolean floating) {
        this.bytes = bytes;
        this.floating = floating;
    }

    /** Bytes of one element. */
    public int bytes() {
        return bytes;
    }

    /** Whether elements are real numbers. */
    public boolean isFloating() {
        return floating;
    }

    /** What sums of this type are kept in: F32 for the shorter floating types, else the type itself. */
    public DType wide() {
        return this == F16 || this == BF16 ? F32 : this;
    }

    /**
     * {@code value} as this type holds it: rounded to nearest even, or for integers truncated towards zero and wrapped
     * around as two's complement does; I64 stops at its largest and smallest value instead.
     */
    public double round(double value) {
        return switch (this) {
            case F64 -> value;
            case F32 -> (float) value;
            case F16 -> Float.float16ToFloat(half(value));
            case BF16 -> Bfloat16.toFloat(bfloat16(value));
            case U8 -> (int) (long) value & 0xff;
            case I8 -> (byte) (long) value;
            case U16 -> (char) (long) value;
            case I16 -> (short) (long) value;
            case U32 -> (long) value & 0xffffffffL;
            case I32 -> (int) (long) value;
            case U64 -> fromUnsigned(toUnsigned(value));
            case I64 -> (double) (long) value;
            case BOOL -> value != 0 ? 1 : 0;
        };
    }

    static short half(double value) {
        return Float.floatToFloat16(odd(value));
    }

    static short bfloat16(double value) {
        return Bfloat16.of(odd(value));
    }

    /**
     * The float next to {@code value} whose last bit is set, unless there is one of its value: rounding that to a
     * shorter type is as good as rounding {@code value} itself, where rounding twice to nearest may miss by one.
     */
    private static float odd(double value) {
        float near = (float) value;
        if (near == value || Double.isNaN(value) || (Float.floatToRawIntBits(near) & 1) == 1) {
            return near;
        }
        return near < value ? Math.nextUp(near) : Math.nextDown(near);
    }

    /** The bits of an unsigned long. */
    static long toUnsigned(double value) {
        double rest = value >= TWO_TO_63 ? value % TWO_TO_64 : value;
        return rest >= TWO_TO_63 ? (long) (rest - TWO_TO_63) + Long.MIN_VALUE : (long) rest;
    }

    /** The double nearest to an unsigned long, of those that are one: 2^64 would be 0 when it is stored again. */
    static double fromUnsigned(long bits) {
        // Halved, the last bit kept for rounding, it fits the signed conversion.
        return bits >= 0 ? bits : Math.min((bits >>> 1 | bits & 1) * 2.0, Math.nextDown(TWO_TO_64));
    }
}
