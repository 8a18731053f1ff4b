package org.cryonext.models.convnext;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.cryonext.engine.io.Safetensors;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.models.Fixtures;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ParameterTest {
    private static ConvNextConfig small(Version version) {
        return ConvNextConfig.of(version, List.of(1, 1, 2, 1), List.of(6, 10, 14, 18), 5);
    }

    @ParameterizedTest
    @EnumSource
    void namesAndShapesAreThoseThatTransformersWrites(Version version) {
        String model = version == Version.V1 ? "v1" : "v2";
        try (Safetensors file = Safetensors.open(Fixtures.model(model + "/model.safetensors"))) {
            Map<String, Shape> written = file.types().entrySet().stream()
                    .collect(Collectors.toMap(
                            Map.Entry::getKey, e -> e.getValue().shape()));
            assertThat(Parameter.of(small(version)).stream()
                            .collect(Collectors.toMap(Parameter::name, Parameter::torchShape)))
                    .isEqualTo(written);
        }
    }

    @Test
    void everyPartHasItsLayers() {
        Map<Part, TreeSet<Layer>> layers = Parameter.of(small(Version.V2)).stream()
                .collect(Collectors.groupingBy(
                        Parameter::part, Collectors.mapping(Parameter::layer, Collectors.toCollection(TreeSet::new))));
        assertThat(layers).containsOnlyKeys(Part.values());
        assertThat(layers.get(Part.STEM)).containsExactly(Layer.STEM_CONV, Layer.STEM_NORM);
        assertThat(layers.get(Part.STAGE0)).doesNotContain(Layer.DOWNSAMPLE_CONV);
        assertThat(layers.get(Part.STAGE3))
                .containsExactly(
                        Layer.DOWNSAMPLE_NORM,
                        Layer.DOWNSAMPLE_CONV,
                        Layer.DEPTHWISE,
                        Layer.NORM,
                        Layer.EXPAND,
                        Layer.GRN,
                        Layer.CONTRACT);
        assertThat(layers.get(Part.FINAL_NORM)).containsExactly(Layer.FINAL_NORM);
        assertThat(layers.get(Part.HEAD)).containsExactly(Layer.CLASSIFIER);
    }

    @Test
    void onlyKernelsAndMatricesAreDecayedByThePapers() {
        assertThat(Parameter.of(small(Version.V1)).stream().filter(Parameter::isMatrix))
                .allMatch(p -> p.name().endsWith(".weight"))
                .hasSize(1 + 3 + 5 * 3 + 1);
        assertThat(Parameter.of(small(Version.V2)).stream().filter(Parameter::isMatrix))
                .noneMatch(p -> p.layer() == Layer.GRN);
    }

    @Test
    void everyLayoutGoesToTheEngineAndBack() {
        for (Parameter p : Parameter.of(small(Version.V2))) {
            float[] values = new float[(int) p.shape().size()];
            IntStream.range(0, values.length).forEach(i -> values[i] = i);
            Tensor torch = Tensor.of(values, p.torchShape().toArray());
            Tensor engine = p.toEngine(torch);
            assertThat(engine.shape()).isEqualTo(p.shape());
            assertThat(p.toTorch(engine).shape()).isEqualTo(p.torchShape());
            assertThat(p.toTorch(engine).toFloats()).containsExactly(values);
        }
    }

    @Test
    void namesOfOtherLibrariesAreUnique() {
        Function<NamingScheme, Long> distinct = scheme -> Parameter.of(small(Version.V1)).stream()
                .map(p -> scheme.name("", p.layer(), p.stage(), p.block(), p.bias()))
                .distinct()
                .count();
        assertThat(NamingScheme.values())
                .allSatisfy(scheme -> assertThat(distinct.apply(scheme))
                        .isEqualTo(Parameter.of(small(Version.V1)).size()));
    }
}
