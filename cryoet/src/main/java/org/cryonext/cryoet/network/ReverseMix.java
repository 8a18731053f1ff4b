package org.cryonext.cryoet.network;

/** Mixes the particles of a batch with those of the same batch in reverse order: the first with the last. */
public final class ReverseMix {
    private ReverseMix() {}

    /**
     * Mixes rows.
     *
     * @param values [particles, floats], changed
     * @param share what of a row is its own; the rest is the other's
     */
    public static void mix(float[] values, int floats, int particles, double share) {
        float own = (float) share;
        for (int first = 0, last = particles - 1; first < last; first++, last--) {
            int a = first * floats;
            int b = last * floats;
            for (int i = 0; i < floats; i++) {
                float one = values[a + i];
                float other = values[b + i];
                values[a + i] = own * one + (1 - own) * other;
                values[b + i] = own * other + (1 - own) * one;
            }
        }
    }
}
