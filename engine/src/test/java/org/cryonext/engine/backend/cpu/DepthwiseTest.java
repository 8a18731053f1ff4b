package org.cryonext.engine.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import org.cryonext.engine.tensor.TensorType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Depthwise convolution of every width against the definition. */
class DepthwiseTest {
    private static final int OFFSET = 5;

    private static CpuBlock block(long seed, long... dims) {
        TensorType type = TensorType.f32(dims);
        return new CpuBlock(
                Numbers.random(seed, OFFSET, Math.toIntExact(type.shape().size()), 1), OFFSET, type);
    }

    private static CpuBlock scratch(int floats) {
        return block(9, floats);
    }

    private static float at(CpuBlock x, int n, int h, int w, int c) {
        boolean inside = h >= 0 && h < x.dim(1) && w >= 0 && w < x.dim(2);
        return inside ? x.array()[x.offset() + ((n * x.dim(1) + h) * x.dim(2) + w) * x.dim(3) + c] : 0;
    }

    @ParameterizedTest
    @CsvSource({
        "7, 1, 1, 1",
        "7, 3, 2, 5",
        "7, 4, 15, 16",
        "7, 5, 16, 21",
        "7, 2, 17, 40",
        "7, 9, 28, 16",
        "7, 3, 29, 17",
        "1, 3, 4, 20",
        "3, 5, 31, 19",
        "5, 1, 13, 16",
        "9, 8, 12, 16",
        "15, 6, 20, 18",
        "33, 3, 5, 16"
    })
    void agreesWithTheDefinition(int k, int height, int width, int channels) {
        int batch = 3;
        int r = k / 2;
        CpuBlock x = block(1, batch, height, width, channels);
        CpuBlock w = block(2, k, k, channels);
        CpuBlock bias = block(3, channels);
        CpuBlock dy = block(4, batch, height, width, channels);
        float[] first = null;
        for (int threads : new int[] {1, 2, 3, 5}) {
            try (CpuPool pool = new CpuPool(threads)) {
                CpuBlock y = block(5, batch, height, width, channels);
                forward(pool, x, w, bias, y, k, false);
                Numbers.close("y", y.array(), OFFSET, y.size(), i -> {
                    int c = i % channels;
                    double sum = bias.array()[OFFSET + c];
                    for (int t = 0; t < k * k; t++) {
                        int h = i / channels / width % height + t / k - r;
                        float v = at(x, i / channels / width / height, h, i / channels % width + t % k - r, c);
                        sum += (double) v * w.array()[OFFSET + t * channels + c];
                    }
                    return sum;
                });
                CpuBlock dx = block(6, batch, height, width, channels);
                forward(pool, dy, w, null, dx, k, true);
                Numbers.close("dx", dx.array(), OFFSET, dx.size(), i -> {
                    int c = i % channels;
                    double sum = 0;
                    for (int t = 0; t < k * k; t++) {
                        int h = i / channels / width % height - t / k + r;
                        float v = at(dy, i / channels / width / height, h, i / channels % width - t % k + r, c);
                        sum += (double) v * w.array()[OFFSET + t * channels + c];
                    }
                    return sum;
                });
                CpuBlock dw = block(7, k, k, channels);
                CpuBlock db = block(8, channels);
                DepthwiseWeightGradient gradient = new DepthwiseWeightGradient(batch, height, width, channels, k, pool);
                CpuBlock scratch = scratch(gradient.scratchFloats());
                gradient.run(scratch, dw, db, gradient.bind(dy, x, scratch));
                checkWeights(k, x, dy, dw, db);
                float[] all = new float[y.size() + dx.size() + dw.size() + db.size()];
                System.arraycopy(y.array(), OFFSET, all, 0, y.size());
                System.arraycopy(dx.array(), OFFSET, all, y.size(), dx.size());
                System.arraycopy(dw.array(), OFFSET, all, 2 * y.size(), dw.size());
                System.arraycopy(db.array(), OFFSET, all, 2 * y.size() + dw.size(), db.size());
                first = first == null ? all : first;
                assertThat(all).isEqualTo(first);
            }
        }
    }

    private static void forward(
            CpuPool pool, CpuBlock x, CpuBlock w, CpuBlock bias, CpuBlock y, int k, boolean turned) {
        DepthwiseForward convolution =
                new DepthwiseForward(x.dim(0), x.dim(1), x.dim(2), x.dim(3), k, turned, pool.size());
        CpuBlock scratch = scratch(convolution.scratchFloats());
        pool.parallel(convolution.tasks(), convolution.bind(x, w, bias, y, scratch));
    }

    private static void checkWeights(int k, CpuBlock x, CpuBlock dy, CpuBlock dw, CpuBlock db) {
        int channels = x.channels();
        Numbers.close("dw", dw.array(), OFFSET, dw.size(), i -> weightGradient(k, i / channels, x, dy, i % channels));
        Numbers.close("db", db.array(), OFFSET, channels, c -> {
            double sum = 0;
            for (int i = c; i < dy.size(); i += channels) {
                sum += dy.array()[OFFSET + i];
            }
            return sum;
        });
    }

    private static double weightGradient(int k, int tap, CpuBlock x, CpuBlock dy, int c) {
        double sum = 0;
        for (int n = 0; n < x.dim(0); n++) {
            for (int h = 0; h < x.dim(1); h++) {
                for (int w = 0; w < x.dim(2); w++) {
                    sum += (double) at(dy, n, h, w, c) * at(x, n, h + tap / k - k / 2, w + tap % k - k / 2, c);
                }
            }
        }
        return sum;
    }
}
