package org.cryonext.engine.backend.cuda.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.cryonext.engine.backend.cuda.driver.DeviceMemory;
import org.cryonext.engine.backend.cuda.driver.Grid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The instructions of tensor cores, and copies that are under way, as PTX describes them. */
class SimulatedTensorTest {
    private static final int M = 16;
    private static final int N = 8;

    /** Small integers and halves: exact in every type, and so are their sums. */
    private static float[] random(int count, RandomGenerator generator) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = generator.nextInt(-16, 16) / 2f;
        }
        return values;
    }

    private static float[] product(float[] a, float[] b, int k) {
        float[] c = new float[M * N];
        for (int i = 0; i < M; i++) {
            for (int j = 0; j < N; j++) {
                for (int at = 0; at < k; at++) {
                    c[i * N + j] += a[i * k + at] * b[at * N + j];
                }
            }
        }
        return c;
    }

    @ParameterizedTest
    @CsvSource({
        "product_f16_k16, 16, forward",
        "product_bf16_k16, 16, shuffled",
        "product_f16_k8, 8, backward",
        "product_tf32_k8, 8, shuffled"
    })
    void productsOfTiles(String kernel, int k, String order) {
        RandomGenerator generator = RandomGenerator.of("L64X128MixRandom");
        float[] a = random(M * k, generator);
        float[] b = random(k * N, generator);
        try (Bench bench = new Bench("tensor.cu")) {
            bench.gpu().set("order", order);
            DeviceMemory c = bench.upload(new float[M * N]);
            DeviceMemory work = bench.upload(new float[M * k + k * N]);
            bench.function(kernel)
                    .launch(Grid.of(1, 32), bench.upload(a), bench.upload(b), work, c)
                    .run(bench.context().stream());
            assertThat(bench.download(c)).isEqualTo(product(a, b, k));
            assertThat(bench.gpu().counters().get(kernel).flops()).isEqualTo(2L * M * N * k);
        }
    }

    @Test
    void halvesThatAreNoOrdinaryNumbers() {
        // The smallest denormal, the largest number, infinity and none, each times 1.
        float[] a = new float[M * 16];
        float[] values = {0x1p-24f, 65504, Float.POSITIVE_INFINITY, Float.NaN, -0x1p-15f};
        for (int i = 0; i < values.length; i++) {
            Arrays.fill(a, i * 16, i * 16 + 1, values[i]);
        }
        float[] b = new float[16 * N];
        b[0] = 1;
        try (Bench bench = new Bench("tensor.cu")) {
            DeviceMemory c = bench.upload(new float[M * N]);
            DeviceMemory work = bench.upload(new float[M * 16 + 16 * N]);
            bench.function("product_f16_k16")
                    .launch(Grid.of(1, 32), bench.upload(a), bench.upload(b), work, c)
                    .run(bench.context().stream());
            float[] sums = bench.download(c);
            for (int i = 0; i < values.length; i++) {
                assertThat(Float.valueOf(sums[i * N])).isEqualTo(Float.valueOf(values[i]));
            }
        }
    }

    @Test
    void copiesArriveWhenTheyAreWaitedFor() {
        float[] x = new float[64];
        IntStream.range(0, x.length).forEach(i -> x[i] = i + 1);
        try (Bench bench = new Bench("tensor.cu")) {
            DeviceMemory y = bench.upload(new float[128]);
            bench.function("copies_in_groups")
                    .launch(Grid.of(1, 32), bench.upload(x), y)
                    .run(bench.context().stream());
            float[] seen = bench.download(y);
            assertThat(Arrays.copyOfRange(seen, 0, 32)).containsOnly(Float.NaN);
            assertThat(Arrays.copyOfRange(seen, 32, 64)).isEqualTo(Arrays.copyOf(x, 32));
            assertThat(Arrays.copyOfRange(seen, 64, 96)).containsOnly(Float.NaN);
            float[] second = Arrays.copyOfRange(x, 32, 64);
            Arrays.fill(second, 29, 32, 0);
            assertThat(Arrays.copyOfRange(seen, 96, 128)).isEqualTo(second);
            assertThat(bench.gpu().counters().get("copies_in_groups").copied()).isEqualTo(2 * 128 - 12);
        }
    }
}
