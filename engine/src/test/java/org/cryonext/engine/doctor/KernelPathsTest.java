package org.cryonext.engine.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.cryonext.engine.backend.cuda.tune.Measurement;
import org.cryonext.engine.doctor.Diagnosis.Finding;
import org.junit.jupiter.api.Test;

/** What is said of the kernels that were chosen. */
class KernelPathsTest {
    private static Measurement measurement(String other, double ours, double others) {
        return Measurement.of("ours 64x64", Map.of("ours 64x64", ours, other, others), Map.of());
    }

    @Test
    void countsWhoComputesHowManyShapesAndTheLargestGain() {
        Map<String, Measurement> measured = Map.of(
                "Linear[activation=GELU] x F16[2, 8]", measurement("cublas 12.6.1", 3, 2),
                "Linear[activation=NONE] x F16[2, 8]", measurement("cublas 12.6.1", 1, 2),
                "Linear[activation=NONE] x F16[4, 8]", measurement("ours 32x32", 2, 1),
                "LinearInputGradient[activation=NONE] dy F16[4, 8]", measurement("cublas 12.6.1", 9, 10),
                "Mlp[epsilon=1.0E-6, activation=GELU] x F16[2, 8]", measurement("parts", 3, 2),
                "Mlp[epsilon=1.0E-6, activation=GELU] x F16[4, 8]", measurement("parts", 2, 3),
                "DepthwiseConv[k=7] x F16[1, 7, 7, 8]", measurement("cudnn 9.5.1 algo_1", 5, 4));
        assertThat(KernelPaths.of(new TreeMap<>(measured)))
                .contains(
                        new Finding(
                                "Linear",
                                "cuBLAS in 1, this program's own in 2 of 3; up to 2.00 times as fast as without choosing"),
                        new Finding(
                                "LinearInputGradient",
                                "this program's own in 1 of 1; up to 1.00 times as fast as without choosing"),
                        new Finding(
                                "Mlp",
                                "the kernels of its parts in 1, this program's own in 1 of 2; up to 1.50 times as"
                                        + " fast as without choosing"),
                        new Finding("DepthwiseConv", "cuDNN in 1 of 1; up to 1.25 times as fast as without choosing"),
                        new Finding("PatchConv", "this program's own; nothing was measured"));
    }

    @Test
    void saysThatKernelsWereLeftOut() {
        Measurement measured = Measurement.of("ours", Map.of("ours", 1.0), Map.of("cudnn 9.5.1 algo_1", "it failed"));
        assertThat(KernelPaths.of(new TreeMap<>(Map.of("PatchConv[k=2] x", measured))))
                .contains(new Finding(
                        "PatchConv",
                        "this program's own in 1 of 1; up to 1.00 times as fast as without choosing; 1 kernels were left"
                                + " out, the file says why"));
    }

    @Test
    void withoutMeasurementsEveryOperatorIsOurs() {
        assertThat(KernelPaths.of(Collections.emptySortedMap()))
                .hasSize(11)
                .allMatch(finding -> finding.text().equals("this program's own; nothing was measured"));
    }
}
