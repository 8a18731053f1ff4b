package org.cryonext.models.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.Safetensors;
import org.cryonext.engine.io.SafetensorsWriter;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.models.Fixtures;
import org.cryonext.models.Models;
import org.cryonext.models.convnext.Version;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files with fewer or more tensors than the model, as timm's options make them. */
class StoredParametersTest {
    private static final List<Integer> DEPTHS = List.of(1, 1, 2, 1);
    private static final List<Integer> DIMS = List.of(6, 10, 14, 18);

    @TempDir
    Path folder;

    private Path changed(String name, Consumer<Map<String, Tensor>> change) {
        Path file = folder.resolve("changed.safetensors");
        try (Safetensors whole = Safetensors.open(Fixtures.model(name))) {
            Map<String, Tensor> tensors = Models.copy(whole);
            change.accept(tensors);
            SafetensorsWriter.write(file, tensors, Map.of());
        }
        return file;
    }

    private static boolean isConvolutionBias(String name) {
        return name.matches("stem\\.0\\.bias|stages\\.\\d\\.downsample\\.1\\.bias|.*\\.conv_dw\\.bias");
    }

    private static void addScales(Map<String, Tensor> tensors) {
        for (int stage = 0; stage < 4; stage++) {
            for (int block = 0; block < DEPTHS.get(stage); block++) {
                float[] scale = new float[DIMS.get(stage)];
                for (int i = 0; i < scale.length; i++) {
                    scale[i] = 0.1f + stage + 0.3f * block - 0.07f * i;
                }
                tensors.put("stages." + stage + ".blocks." + block + ".gamma", Tensor.of(scale, scale.length));
            }
        }
    }

    @Test
    void convolutionsWithoutBiasesGetZeros() {
        for (String version : List.of("v1", "v2")) {
            Path file = changed(
                    "names/" + version + "-timm.safetensors",
                    tensors -> tensors.keySet().removeIf(StoredParametersTest::isConvolutionBias));
            Checkpoint model = Checkpoint.read(file);
            assertThat(model.report()).contains("Its convolutions have no biases; they get zeros");
            Checkpoint.read(Fixtures.model(version)).parameters().forEach((name, values) -> {
                boolean zero = name.matches(".*(patch_embeddings|downsampling_layer\\.1|dwconv)\\.bias");
                assertThat(model.parameters().get(name).toFloats())
                        .as(name)
                        .containsExactly(zero ? new float[values.toFloats().length] : values.toFloats());
            });
        }
    }

    @Test
    void oneBiasThatIsMissingIsAnError() {
        Path file = changed("names/v1-timm.safetensors", tensors -> tensors.remove("stages.1.blocks.0.conv_dw.bias"));
        assertThatThrownBy(() -> Checkpoint.read(file))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("has no tensor stages.1.blocks.0.conv_dw.bias");
    }

    @Test
    void theLayerScaleOfAV2IsMultipliedIntoTheLayerBeforeIt() {
        Path file = changed("names/v2-timm.safetensors", StoredParametersTest::addScales);
        Checkpoint model = Checkpoint.read(file);
        assertThat(model.config().version()).isEqualTo(Version.V2);
        assertThat(model.report())
                .contains(
                        "Its layer scale, which a V2 does not have, is multiplied into each block's second linear layer");
        String block = "convnextv2.encoder.stages.2.layers.1.";
        Checkpoint plain = Checkpoint.read(Fixtures.model("v2"));
        Tensor weight = plain.parameters().get(block + "pwconv2.weight");
        Tensor bias = plain.parameters().get(block + "pwconv2.bias");
        for (int i = 0; i < 14; i++) {
            float scale = 0.1f + 2 + 0.3f - 0.07f * i;
            assertThat(model.parameters().get(block + "pwconv2.bias").get(i))
                    .isEqualTo((float) (bias.get(i) * (double) scale));
            assertThat(model.parameters().get(block + "pwconv2.weight").get(56 * i + 5))
                    .isEqualTo((float) (weight.get(56 * i + 5) * (double) scale));
        }
        assertThat(model.parameters().get(block + "pwconv1.bias").toFloats())
                .containsExactly(plain.parameters().get(block + "pwconv1.bias").toFloats());
        assertThat(CheckpointDescription.of(file).report()).isEqualTo(model.report());
    }

    @Test
    void aLayerScaleThatIsMissingOrOfAnotherShapeIsAnError() {
        Path lacking = changed("names/v2-timm.safetensors", tensors -> {
            addScales(tensors);
            tensors.remove("stages.2.blocks.0.gamma");
        });
        assertThatThrownBy(() -> Checkpoint.read(lacking))
                .hasMessageContaining("has no tensor stages.2.blocks.0.gamma");
        Path other = changed("names/v2-timm.safetensors", tensors -> {
            addScales(tensors);
            tensors.put("stages.2.blocks.0.gamma", Tensor.of(new float[13], 13));
        });
        assertThatThrownBy(() -> Checkpoint.read(other))
                .hasMessageContaining("tensor stages.2.blocks.0.gamma is [13], expected [14]");
    }
}
