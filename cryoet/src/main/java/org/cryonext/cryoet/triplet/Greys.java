package org.cryonext.cryoet.triplet;

/** Values to bytes, in float arithmetic and with truncation, step by step as NumPy does it in the paper's notebook. */
final class Greys {
    private Greys() {}

    /** The slice's own minimum becomes 0 and its maximum 255; a constant slice becomes 0. */
    static void stretch(float[] slice, byte[] out, int at) {
        float low = Float.POSITIVE_INFINITY;
        float high = Float.NEGATIVE_INFINITY;
        for (float value : slice) {
            low = Math.min(low, value);
            high = Math.max(high, value);
        }
        float span = high - low + 1e-8f;
        for (int i = 0; i < slice.length; i++) {
            out[at + i] = (byte) (int) ((slice[i] - low) / span * 255f);
        }
    }

    /** The range's low becomes 0 and its high 255; what lies beyond is cut off. */
    static void map(float[] slice, GreyRange range, byte[] out, int at) {
        float low = range.low();
        float span = range.high() - low + 1e-8f;
        for (int i = 0; i < slice.length; i++) {
            out[at + i] = (byte) (int) (Math.min(1f, Math.max(0f, (slice[i] - low) / span)) * 255f);
        }
    }
}
