package org.cryonext.engine.tensor;

/** Element type of a tensor. Names and sizes are those of safetensors and PyTorch. */
public enum DType {
    F32(4, true),
    F64(8, true),
    F16(2, true),
    BF16(2, true),
    U8(1, false),
    I8(1, false),
    I32(4, false),
    I64(8, false),
    BOOL(1, false);

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

    /** {@code value} as this type holds it: rounded to nearest even, or truncated towards zero for integers. */
    public double round(double value) {
        return switch (this) {
            case F64 -> value;
            case F32 -> (float) value;
            case F16 -> Float.float16ToFloat(Float.floatToFloat16((float) value));
            case BF16 -> Bfloat16.toFloat(Bfloat16.of((float) value));
            case U8 -> (int) value & 0xff;
            case I8 -> (byte) value;
            case I32 -> (int) value;
            case I64 -> (double) (long) value;
            case BOOL -> value != 0 ? 1 : 0;
        };
    }
}
