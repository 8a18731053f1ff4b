package org.cryonext.engine.backend.cuda.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import org.cryonext.engine.backend.cuda.driver.DeviceMemory;
import org.cryonext.engine.backend.cuda.driver.Grid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Kernels on the simulated device compute what they say, whatever the order of blocks and threads. */
class SimulatedLaunchTest {
    @Test
    void aKernelWithoutBarriers() {
        int n = 1000;
        float[] x = new float[n];
        float[] y = new float[n];
        float[] expected = new float[n];
        for (int i = 0; i < n; i++) {
            x[i] = i;
            y[i] = 3 * i;
            expected[i] = 4 * i;
        }
        try (Bench bench = new Bench("right.cu")) {
            DeviceMemory z = bench.upload(new float[n]);
            bench.function("add")
                    .launch(Grid.of(4, 256), bench.upload(x), bench.upload(y), z, (long) n)
                    .run(bench.context().stream());
            assertThat(bench.download(z)).isEqualTo(expected);
            assertThat(bench.gpu().counters().get("add").launches()).isEqualTo(1);
            assertThat(bench.gpu().counters().get("add").threads()).isEqualTo(1024);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"forward", "backward", "shuffled"})
    void aKernelWithBarriersAndShuffles(String order) {
        int rows = 70;
        int columns = 300;
        float[] x = new float[rows * columns];
        float[] expected = new float[rows];
        for (int i = 0; i < x.length; i++) {
            x[i] = i % 17;
            expected[i / columns] += x[i];
        }
        try (Bench bench = new Bench("right.cu")) {
            bench.gpu().set("order", order);
            DeviceMemory sums = bench.upload(new float[rows]);
            bench.function("row_sums")
                    .launch(Grid.of(rows, 256), bench.upload(x), sums, columns)
                    .run(bench.context().stream());
            assertThat(bench.download(sums)).isEqualTo(expected);
        }
    }
}
