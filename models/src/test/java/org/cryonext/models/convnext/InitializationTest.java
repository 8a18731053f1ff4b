package org.cryonext.models.convnext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.cryonext.engine.tensor.Tensor;
import org.junit.jupiter.api.Test;

class InitializationTest {
    private static final ConvNextConfig V1 =
            ConvNextConfig.of(Version.V1, List.of(1, 1, 1, 1), List.of(8, 16, 32, 64), 12);

    @Test
    void valuesAreThoseOfTheAuthorsCode() {
        Map<String, Tensor> values = Initialization.of(V1, 1);
        for (Parameter p : Parameter.of(V1)) {
            float[] v = values.get(p.name()).toFloats();
            assertThat(values.get(p.name()).shape()).isEqualTo(p.shape());
            if (!p.isMatrix()) {
                float expected = p.bias() ? 0 : p.layer() == Layer.LAYER_SCALE ? 1e-6f : 1;
                assertThat(v).containsOnly(expected);
            }
        }
        double[] weight =
                values.get("convnext.encoder.stages.3.layers.0.pwconv1.weight").toDoubles();
        double mean = Arrays.stream(weight).average().orElseThrow();
        double square = Arrays.stream(weight).map(w -> w * w).average().orElseThrow();
        double fourth = Arrays.stream(weight).map(w -> w * w * w * w).average().orElseThrow();
        assertThat(mean).isCloseTo(0, within(0.02 / 30));
        assertThat(Math.sqrt(square)).isCloseTo(0.02, within(4e-4));
        // A normal distribution's fourth moment is three times its squared variance.
        assertThat(fourth / (square * square)).isCloseTo(3, within(0.15));
    }

    @Test
    void grnStartsAtZero() {
        ConvNextConfig v2 = ConvNextConfig.of(Version.V2, List.of(1, 1, 1, 1), List.of(8, 16, 32, 64), 12);
        assertThat(Initialization.of(v2, 1)
                        .get("convnextv2.encoder.stages.0.layers.0.grn.weight")
                        .toFloats())
                .containsOnly(0);
    }

    /** The bits must be the same on every machine and in every release. */
    @Test
    void theSeedFixesTheBits() {
        String name = "classifier.weight";
        float[] first = Initialization.of(V1, 42).get(name).toFloats();
        assertThat(Initialization.of(V1, 42).get(name).toFloats()).containsExactly(first);
        assertThat(Initialization.of(V1, 43).get(name).toFloats()).isNotEqualTo(first);
        assertThat(Arrays.copyOf(first, 3)).containsExactly(-0.011280236f, 0.00429294f, 0.013508086f);
    }
}
