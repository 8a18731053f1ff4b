package org.cryonext.bench.roofline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Comparator;
import java.util.List;
import org.cryonext.bench.model.Mode;
import org.cryonext.bench.model.ModelSettings;
import org.cryonext.engine.io.Progress;
import org.cryonext.models.convnext.ConvNextConfig;
import org.cryonext.models.convnext.Version;
import org.junit.jupiter.api.Test;

class RooflineTest {
    @Test
    void everyNodeHasItsCeilingAndTheWorstComesFirst() {
        ConvNextConfig config = ConvNextConfig.of(Version.V2, List.of(1, 1, 1, 1), List.of(8, 12, 16, 20), 5);
        Roofline roofline =
                Roofline.measure(new ModelSettings("test", config, Mode.INFER, 64, 2, 1), 2, Progress.none());
        assertThat(roofline.rows())
                .isSortedAccordingTo(
                        Comparator.comparingDouble(RooflineRow::lost).reversed());
        assertThat(roofline.rows()).allSatisfy(row -> {
            assertThat(row.measured()).isPositive();
            assertThat(row.lost()).isCloseTo(row.measured() - row.ceiling(), within(1e-12));
        });
        // The stem: 2 x 16 x 16 pixels, each of 8 channels a sum of 48 products; image, weights, bias and result.
        RooflineRow stem = roofline.rows().stream()
                .filter(row -> row.node().startsWith("stem PatchConv"))
                .findFirst()
                .orElseThrow();
        assertThat(stem.output()).isEqualTo("[2, 16, 16, 8]");
        assertThat(stem.gigaflop() * 1e9).isBetween(2.0 * 2 * 16 * 16 * 8 * 48, 2.0 * 2 * 16 * 16 * 8 * 49);
        assertThat(stem.megabytes() * 1e6).isEqualTo(4.0 * (2 * 64 * 64 * 3 + 8 * 48 + 8 + 2 * 16 * 16 * 8));
        double compute = stem.gigaflop() / roofline.ceilings().gigaflops();
        double memory = stem.megabytes() / 1e3 / roofline.ceilings().gigabytes();
        assertThat(stem.ceiling()).isCloseTo(1e3 * Math.max(compute, memory), within(1e-9));
        assertThat(stem.bound()).isEqualTo(memory > compute ? "memory" : "compute");
    }
}
