package org.cryonext.engine.tensor;

/** Conversion between float and bfloat16 (the upper half of a float's bits). */
public final class Bfloat16 {
    private Bfloat16() {}

    /** Rounds to the nearest bfloat16, ties to even; NaN stays NaN. */
    public static short of(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) (bits >>> 16 | 0x40);
        }
        return (short) (bits + 0x7fff + (bits >>> 16 & 1) >>> 16);
    }

    /** The float of the same value. */
    public static float toFloat(short bits) {
        return Float.intBitsToFloat(bits << 16);
    }
}
