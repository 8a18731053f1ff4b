package org.cryonext.engine.backend.cpu;

import java.lang.invoke.MethodType;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Makes and keeps the inner kernels of depthwise convolutions: some neighbouring outputs of a row, one vector of
 * channels, all filter taps unrolled. Where the filter sticks out of the image on the left or right, the kernel lacks
 * the taps, so that no padding is ever stored or multiplied.
 */
final class DepthwiseKernels {
    /** Largest filter that is unrolled. */
    static final int LARGEST = 31;

    private static final int LENGTH = CpuSpecies.LENGTH;

    /** Sums of a tile of outputs. */
    interface Forward {
        /**
         * y[o] = bias + sum over filter rows i and taps t of w[i][t] * x[i][o + t].
         *
         * @param x memory of the image; {@code xAt} is its leftmost pixel under the filter
         * @param rowStride distance of rows of x
         * @param stride distance of pixels of x and of y
         * @param w filter rows of k vectors each, from {@code wAt}
         * @param rows filter rows
         * @param bias one vector
         */
        void run(
                float[] x,
                int xAt,
                int rowStride,
                int stride,
                float[] w,
                int wAt,
                int rows,
                float[] bias,
                int biasAt,
                float[] y,
                int yAt);
    }

    /** Contribution of a tile of outputs to the gradient of the filter and bias. */
    interface Weight {
        /**
         * dw[i][t] += sum over outputs o of dy[o] * x[i][o + t].
         *
         * @param dy memory of the output's gradient, from {@code dyAt}
         * @param x memory of the image; {@code xAt} is its leftmost pixel under the filter
         * @param rowStride distance of rows of x
         * @param stride distance of pixels of x and of dy
         * @param rows filter rows
         * @param dw sums of k vectors each filter row, from {@code dwAt}
         * @param dbias one vector, to which dy is added
         */
        void run(
                float[] dy,
                int dyAt,
                float[] x,
                int xAt,
                int rowStride,
                int stride,
                int rows,
                float[] dw,
                int dwAt,
                float[] dbias,
                int dbiasAt);
    }

    private record Key(int k, int outputs, int left, int right) {
        /** Pixels of a row under the filter. */
        int pixels() {
            return outputs + k - 1 - left - right;
        }

        String label(String kind) {
            return kind + k + "Of" + outputs + "Left" + left + "Right" + right + "x" + LENGTH;
        }
    }

    private static final Map<Key, Forward> FORWARD = new ConcurrentHashMap<>();
    private static final Map<Key, Weight> WEIGHT = new ConcurrentHashMap<>();

    private DepthwiseKernels() {}

    /** Outputs of a full tile of the forward kernel: sums, a filter row and a pixel fill the registers. */
    static int forwardOutputs(int k) {
        int most = CpuSpecies.REGISTERS == 32 ? 14 : 7;
        return Math.clamp(most * 7 / k, 2, most);
    }

    /** Outputs of a full tile of the weight kernel: gradients, sums and a pixel fill the registers. */
    static int weightOutputs(int k) {
        int most = CpuSpecies.REGISTERS == 32 ? 14 : 7;
        return Math.clamp(CpuSpecies.REGISTERS - 2 - k, 2, most);
    }

    /** The forward kernel of a tile that lacks {@code left} and {@code right} columns of its surroundings. */
    static Forward forward(int k, int outputs, int left, int right) {
        return FORWARD.computeIfAbsent(new Key(k, outputs, left, right), DepthwiseKernels::makeForward);
    }

    /** The weight kernel of a tile that lacks {@code left} and {@code right} columns of its surroundings. */
    static Weight weight(int k, int outputs, int left, int right) {
        return WEIGHT.computeIfAbsent(new Key(k, outputs, left, right), DepthwiseKernels::makeWeight);
    }

    private static Forward makeForward(Key key) {
        Class<float[]> f = float[].class;
        Class<Integer> i = int.class;
        MethodType signature = MethodType.methodType(void.class, f, i, i, i, f, i, i, f, i, f, i);
        return VectorCode.compile(
                Forward.class, key.label("Depthwise"), "run", signature, code -> writeForward(code, key));
    }

    private static void writeForward(VectorCode code, Key key) {
        int x = 1, xAt = 2, rowStride = 3, stride = 4, w = 5, wAt = 6, rows = 7, bias = 8, biasAt = 9, y = 10, yAt = 11;
        int row = code.locals(1), xIndex = code.locals(1), wIndex = code.locals(1);
        int pixel = code.locals(1), taps = code.locals(key.k), sums = code.locals(key.outputs);
        boolean tapsInRegisters = key.k <= 7 && CpuSpecies.REGISTERS == 32;
        for (int o = 0; o < key.outputs; o++) {
            code.load(sums + o, bias, biasAt, 0);
        }
        code.loop(row, rows, () -> {
            code.setProduct(xIndex, xAt, row, rowStride).setScaled(wIndex, wAt, row, key.k * LENGTH);
            for (int t = 0; tapsInRegisters && t < key.k; t++) {
                code.load(taps + t, w, wIndex, t * LENGTH);
            }
            for (int p = 0; p < key.pixels(); p++) {
                code.load(pixel, x, xIndex, 0).advance(xIndex, stride);
                for (int o = 0; o < key.outputs; o++) {
                    int t = p + key.left - o;
                    if (t >= 0 && t < key.k) {
                        if (!tapsInRegisters) {
                            code.load(taps + t, w, wIndex, t * LENGTH);
                        }
                        code.fma(pixel, taps + t, sums + o);
                    }
                }
            }
        });
        for (int o = 0; o < key.outputs; o++) {
            code.store(sums + o, y, yAt, 0).advance(yAt, stride);
        }
    }

    private static Weight makeWeight(Key key) {
        Class<float[]> f = float[].class;
        Class<Integer> i = int.class;
        MethodType signature = MethodType.methodType(void.class, f, i, f, i, i, i, i, f, i, f, i);
        return VectorCode.compile(
                Weight.class, key.label("DepthwiseWeight"), "run", signature, code -> writeWeight(code, key));
    }

    private static void writeWeight(VectorCode code, Key key) {
        int dy = 1, dyAt = 2, x = 3, xAt = 4, rowStride = 5, stride = 6, rows = 7, dw = 8, dwAt = 9;
        int dbias = 10, dbiasAt = 11;
        int row = code.locals(1), xIndex = code.locals(1), dwIndex = code.locals(1);
        int pixel = code.locals(1), sums = code.locals(key.k), gradients = code.locals(key.outputs);
        code.load(sums, dbias, dbiasAt, 0);
        for (int o = 0; o < key.outputs; o++) {
            code.load(gradients + o, dy, dyAt, 0).advance(dyAt, stride).add(gradients + o, sums);
        }
        code.store(sums, dbias, dbiasAt, 0);
        code.loop(row, rows, () -> {
            code.setProduct(xIndex, xAt, row, rowStride).setScaled(dwIndex, dwAt, row, key.k * LENGTH);
            for (int t = 0; t < key.k; t++) {
                code.load(sums + t, dw, dwIndex, t * LENGTH);
            }
            for (int p = 0; p < key.pixels(); p++) {
                code.load(pixel, x, xIndex, 0).advance(xIndex, stride);
                for (int o = 0; o < key.outputs; o++) {
                    int t = p + key.left - o;
                    if (t >= 0 && t < key.k) {
                        code.fma(pixel, gradients + o, sums + t);
                    }
                }
            }
            for (int t = 0; t < key.k; t++) {
                code.store(sums + t, dw, dwIndex, t * LENGTH);
            }
        });
    }
}
