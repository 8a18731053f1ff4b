package org.cryonext.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.cryonext.engine.cases.OpCases;
import org.cryonext.engine.op.Op;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelBenchmarksTest {
    @TempDir
    private Path folder;

    @Test
    void timesACaseAndWritesItsRow() throws Exception {
        List<KernelTiming> rows = KernelBenchmarks.run(new KernelSettings(true, 1, "GlobalAveragePool[]"));
        assertThat(rows).hasSize(1);
        KernelTiming row = rows.getFirst();
        assertThat(row.operator()).isEqualTo("GlobalAveragePool");
        assertThat(row.microseconds()).isPositive();
        // One addition and four bytes read for each of 8 x 7 x 7 x 768 values, and a pooled value written for 49.
        assertThat(row.gigabytes() / row.gigaflops()).isBetween(4.0, 4.1);
        Path json = folder.resolve("kernels.json");
        BenchJson.write(json, rows);
        assertThat(Files.readString(json)).contains("\"machine\"", "\"operator\" : \"GlobalAveragePool\"");
    }

    @Test
    void aFilterThatFitsNothingIsNamed() {
        assertThatThrownBy(() -> KernelBenchmarks.run(new KernelSettings(true, 1, "Convolution")))
                .hasMessageContaining("no timing case contains \"Convolution\"");
    }

    @Test
    void forwardAndBackwardAreTimed() {
        List<Class<? extends Op>> timed = OpCases.timings()
                .<Class<? extends Op>>map(c -> c.op().getClass())
                .distinct()
                .toList();
        assertThat(timed.size()).isGreaterThan(20);
    }
}
