package org.cryonext.cryoet.triplet;

import java.util.Objects;

/**
 * Resizes 8-bit images as Pillow's {@code Image.resize(BILINEAR)} does, to the bit: antialiased (when an image shrinks the
 * triangle filter widens with the scale), horizontally first, weights in 22-bit fixed point, bytes between the passes.
 * Source: Pillow, Resample.c. One thread at a time; nothing is allocated by a call.
 */
final class BilinearResize {
    /** Bits after the point of a weight. */
    static final int PRECISION = 22;

    private static final int HALF = 1 << PRECISION - 1;

    private final int inHeight;
    private final int inWidth;
    private final int outHeight;
    private final int outWidth;
    private final Taps across;
    private final Taps down;
    // Bytes between the passes, one to an int: the sums run over ints, which the compiler turns into vectors.
    private final int[] between;
    private final int[] sums;

    BilinearResize(int inHeight, int inWidth, int outHeight, int outWidth) {
        this.inHeight = inHeight;
        this.inWidth = inWidth;
        this.outHeight = outHeight;
        this.outWidth = outWidth;
        across = Taps.of(inWidth, outWidth);
        down = Taps.of(inHeight, outHeight);
        between = new int[Math.multiplyExact(inHeight, outWidth)];
        sums = new int[outWidth];
    }

    /** The weights of one axis as a matrix [out, in]. */
    static int[] matrix(int in, int out) {
        Taps taps = Taps.of(in, out);
        int[] matrix = new int[Math.multiplyExact(in, out)];
        for (int x = 0; x < out; x++) {
            System.arraycopy(taps.weights, x * taps.width, matrix, x * in + taps.first[x], taps.count[x]);
        }
        return matrix;
    }

    /** Resizes [inHeight, inWidth] at {@code at} to [outHeight, outWidth] at {@code to}. */
    void resize(byte[] in, int at, byte[] out, int to) {
        Objects.checkFromIndexSize(at, inHeight * inWidth, in.length);
        Objects.checkFromIndexSize(to, outHeight * outWidth, out.length);
        horizontally(in, at);
        for (int y = 0; y < outHeight; y++) {
            vertically(y);
            for (int x = 0; x < outWidth; x++) {
                out[to + y * outWidth + x] = (byte) (sums[x] >> PRECISION);
            }
        }
    }

    private void horizontally(byte[] in, int at) {
        for (int x = 0; x < outWidth; x++) {
            int first = at + across.first[x];
            int count = across.count[x];
            int weights = x * across.width;
            for (int y = 0; y < inHeight; y++) {
                int sum = HALF;
                for (int i = 0; i < count; i++) {
                    sum += (in[first + y * inWidth + i] & 0xFF) * across.weights[weights + i];
                }
                between[y * outWidth + x] = sum >> PRECISION;
            }
        }
    }

    private void vertically(int y) {
        int first = down.first[y] * outWidth;
        int weights = y * down.width;
        int weight = down.weights[weights];
        for (int x = 0; x < outWidth; x++) {
            sums[x] = HALF + between[first + x] * weight;
        }
        for (int i = 1; i < down.count[y]; i++) {
            int row = first + i * outWidth;
            int next = down.weights[weights + i];
            for (int x = 0; x < outWidth; x++) {
                sums[x] += between[row + x] * next;
            }
        }
    }

    /**
     * Which pixels make a new one, along one axis. The weights of a pixel are not negative and sum to 2^22 but for
     * rounding, so that a result never leaves 0 to 255 and Pillow's clipping has nothing to do.
     *
     * @param width room for weights a pixel
     * @param first the first pixel that counts
     * @param count how many count
     * @param weights in units of 2^-22
     */
    private record Taps(int width, int[] first, int[] count, int[] weights) {
        static Taps of(int in, int out) {
            double scale = (double) in / out;
            double support = Math.max(scale, 1);
            int width = (int) Math.ceil(support) * 2 + 1;
            Taps taps = new Taps(width, new int[out], new int[out], new int[Math.multiplyExact(width, out)]);
            double[] real = new double[width];
            for (int x = 0; x < out; x++) {
                double centre = (x + 0.5) * scale;
                int first = Math.max(0, (int) (centre - support + 0.5));
                int count = Math.min(in, (int) (centre + support + 0.5)) - first;
                double sum = 0;
                for (int i = 0; i < count; i++) {
                    real[i] = Math.max(0, 1 - Math.abs((i + first - centre + 0.5) * (1 / support)));
                    sum += real[i];
                }
                for (int i = 0; i < count; i++) {
                    taps.weights[x * width + i] = (int) (0.5 + real[i] / sum * (1 << PRECISION));
                }
                taps.first[x] = first;
                taps.count[x] = count;
            }
            return taps;
        }
    }
}
