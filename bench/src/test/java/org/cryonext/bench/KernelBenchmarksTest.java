package org.cryonext.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import org.cryonext.engine.backend.cpu.CpuCeilings;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.Progress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class KernelBenchmarksTest {
    @TempDir
    private Path folder;

    @Test
    void timesACaseAndWritesItsRow() throws Exception {
        CpuCeilings ceilings = new CpuCeilings(1, 100, 10);
        List<Integer> cases = KernelBenchmarks.choose("GlobalAveragePool[]");
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        PrintStream out = System.out;
        PrintStream err = System.err;
        List<KernelTiming> rows;
        try (PrintStream both = new PrintStream(printed)) {
            System.setOut(both);
            System.setErr(both);
            rows = KernelBenchmarks.run(new KernelSettings(true, 1, cases), ceilings, Progress.none());
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
        assertThat(printed.toString()).as("nothing but the rows").isEmpty();
        assertThat(rows).hasSize(1);
        KernelTiming row = rows.getFirst();
        assertThat(row.operator()).isEqualTo("GlobalAveragePool");
        assertThat(row.inputs()).isEqualTo("x 8x7x7x768");
        assertThat(row.microseconds()).isPositive();
        assertThat(row.spread()).isFinite();
        // One addition and four bytes read for each of 8 x 7 x 7 x 768 values, and a pooled value written for 49.
        assertThat(row.gigabytes() / row.gigaflops()).isBetween(4.0, 4.1);
        Path json = folder.resolve("kernels.json");
        assertThat(row.peakShare()).isCloseTo(row.gigaflops() / 100, within(1e-9));
        assertThat(row.memoryShare()).isCloseTo(row.gigabytes() / 10, within(1e-9));
        BenchJson.write(json, List.of(ceilings), rows);
        JsonNode content = new JsonMapper().readTree(json.toFile());
        assertThat(content.at("/machine/ceilings/0/gigaflops").doubleValue()).isEqualTo(100);
        assertThat(content.at("/rows/0/operator").stringValue()).isEqualTo("GlobalAveragePool");
        assertThat(content.at("/rows/0/spread").isNumber()).isTrue();
    }

    @Test
    void aFilterThatFitsNothingIsNamed() {
        assertThatThrownBy(() -> KernelBenchmarks.choose("Convolution"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("No timing case contains \"Convolution\"; the operators are AdamW, Add,");
    }

    @Test
    void whatTheProcessorComputesInPartsIsNotTimed() {
        assertThat(KernelBenchmarks.choose("Mlp[")).isNotEmpty();
        assertThatThrownBy(() -> KernelBenchmarks.choose("DepthwiseNorm"))
                .isInstanceOf(InputException.class)
                .message()
                .contains("No timing case contains \"DepthwiseNorm\"")
                .doesNotContain(", DepthwiseNorm,");
    }
}
