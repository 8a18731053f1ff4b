package org.cryonext.models.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.cryonext.engine.backend.reference.ReferenceBackend;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.Progress;
import org.cryonext.engine.io.Safetensors;
import org.cryonext.engine.io.SafetensorsWriter;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.models.Fixtures;
import org.cryonext.models.Models;
import org.cryonext.models.checkpoint.Checkpoint;
import org.cryonext.models.convnext.ConvNextConfig;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CompareTest {
    private static final String BIAS = "adamw1.classifier.bias";
    private static final String DEPTHWISE = "convnext.encoder.stages.0.layers.0.dwconv.weight";

    @TempDir
    Path folder;

    private Map<String, Tensor> tensors;
    private final Map<String, String> metadata = new HashMap<>();

    @BeforeEach
    void smallReference() {
        try (Safetensors file = Safetensors.open(Fixtures.reference("v1"))) {
            tensors = Models.copy(file);
        }
        tensors.keySet().removeIf(name -> name.startsWith("adamw3"));
    }

    private Comparison compare() {
        return compare(Fixtures.model("v1"));
    }

    private Comparison compare(Path model) {
        Path file = folder.resolve("reference.safetensors");
        SafetensorsWriter.write(file, tensors, metadata);
        try (ReferenceBackend backend = new ReferenceBackend()) {
            return Compare.run(model, file, backend, Gates.DEFAULT, Progress.none());
        }
    }

    private static List<String> failures(Comparison comparison) {
        assertThat(comparison.passed()).isFalse();
        return comparison.rows().stream()
                .filter(row -> !row.passed())
                .map(Row::tensor)
                .toList();
    }

    private void keep(String... names) {
        tensors.keySet().retainAll(List.of(names));
    }

    private void add(String name, int element, double change) {
        tensors.get(name).set(element, tensors.get(name).get(element) + change);
    }

    @Test
    void everyTensorHasARowInTheOrderOfTheData() {
        tensors.put("logits_b1", Tensor.of(new float[5], 1, 5));
        Comparison comparison = compare();
        assertThat(comparison.passed()).isTrue();
        assertThat(comparison.rows()).hasSize(tensors.size() - 3);
        assertThat(comparison.rows().subList(0, 8))
                .extracting(Row::tensor)
                .containsExactly("stem", "stage0", "stage1", "stage2", "stage3", "pooled", "logits", "loss");
        assertThat(comparison.notCompared()).containsExactly("logits_b1");
        assertThat(comparison.device()).startsWith("reference");
    }

    @Test
    void aDifferenceBeyondTheGateFailsThatRowAlone() {
        keep("x", "labels", "stage1", "logits", "loss", "grad." + DEPTHWISE);
        add("stage1", 3, 2e-4);
        add("grad." + DEPTHWISE, 0, 1e-2);
        add("loss", 0, 1e-4);
        assertThat(failures(compare())).containsExactly("stage1", "loss", "grad." + DEPTHWISE);
    }

    @Test
    void notANumberFails() {
        keep("x", "logits");
        tensors.get("logits").set(0, Double.NaN);
        Comparison comparison = compare();
        assertThat(failures(comparison)).containsExactly("logits");
        assertThat(comparison.rows().getFirst().maxAbsolute()).isNaN();
        comparison.writeJson(folder.resolve("out.json"));
        assertThat(folder.resolve("out.json"))
                .content()
                .contains("\"passed\" : false")
                .contains("\"max_abs\" : null");
    }

    @Test
    void adamwIsJudgedByTheShareOfItsElements() {
        add(BIAS, 2, 1e-5);
        assertThat(compare().passed()).isTrue();
        add(BIAS, 3, 1e-5);
        assertThat(failures(compare())).containsExactly(BIAS);
    }

    @Test
    void noElementMayBeFarAfterAdamw() {
        keep("x", "labels", BIAS, "adamw1.classifier.weight");
        add("adamw1.classifier.weight", 7, 2e-3);
        assertThat(failures(compare())).containsExactly("adamw1.classifier.weight");
    }

    @Test
    void settingsComeFromTheMetadata() {
        keep("x", "labels", BIAS);
        metadata.put("lr", "0.002");
        assertThat(failures(compare())).containsExactly(BIAS);
        metadata.put("lr", "fast");
        assertThatThrownBy(this::compare)
                .isInstanceOf(InputException.class)
                .hasMessageContaining("its metadata says lr = fast, expected a number");
    }

    @Test
    void withoutLabelsOnlyOutputsAreCompared() {
        tensors.remove("labels");
        Comparison comparison = compare();
        assertThat(comparison.passed()).isTrue();
        assertThat(comparison.rows()).hasSize(7);
        assertThat(comparison.notCompared()).contains("loss", "grad.classifier.bias", BIAS);
    }

    @Test
    void anyLibrarysNamesAndShapesWillDo() {
        Tensor gradient = tensors.get("grad." + DEPTHWISE);
        Tensor scale = tensors.get("grad.convnext.encoder.stages.2.layers.1.layer_scale_parameter");
        Tensor loss = tensors.get("loss");
        keep("x", "labels");
        tensors.put("loss", loss.reshape(1));
        tensors.put("grad.stages.0.blocks.0.conv_dw.weight", gradient);
        tensors.put("grad.stages.0.0.dwconv.weight", gradient);
        tensors.put("grad.features.1.0.block.0.weight", gradient);
        tensors.put("grad.features.5.1.layer_scale", scale.reshape(14, 1, 1));
        Comparison comparison = compare();
        assertThat(comparison.rows()).hasSize(5);
        assertThat(comparison.passed()).isTrue();
    }

    @Test
    void aModelWithoutAClassifierIsHeldAgainstItsFeatures() {
        Path features = Fixtures.model("names/v1-huggingface-headless.safetensors");
        keep("x", "labels", "stage3", "pooled");
        assertThat(compare(features).passed()).isTrue();
        keep("x", "pooled");
        tensors.put("logits", Tensor.of(new float[10], 2, 5));
        Comparison comparison = compare(features);
        assertThat(failures(comparison)).containsExactly("logits");
        assertThat(comparison.rows().getLast().note()).isEqualTo("the model has no classifier");
        tensors.put("labels", Tensor.of(new long[2], 2));
        tensors.put("loss", Tensor.of(new float[1]));
        assertThatThrownBy(() -> compare(features))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("headless.safetensors has no classifier, but")
                .hasMessageContaining("holds loss, gradients or updates, which need one");
    }

    @Test
    void aTensorThatDoesNotFitFails() {
        keep("x", "labels", "logits");
        tensors.put("pooled", Tensor.of(new float[4], 2, 2));
        tensors.put("grad.stages.9.gamma", Tensor.of(new float[4], 4));
        Comparison comparison = compare();
        assertThat(failures(comparison)).containsExactly("pooled", "grad.stages.9.gamma");
        assertThat(comparison.rows().getFirst().note()).isEqualTo("the model's is [2, 18]");
        assertThat(comparison.rows().getLast().note()).isEqualTo("the model has no such parameter");
    }

    /** The gates and the fixtures together are sharp enough to see an epsilon that is wrong. */
    @ParameterizedTest
    @ValueSource(strings = {"v1-tiny-activations", "v2-tiny-activations"})
    void aWrongEpsilonShows(String model) {
        Checkpoint right = Checkpoint.read(Fixtures.model(model));
        ConvNextConfig c = right.config();
        ConvNextConfig wrong = new ConvNextConfig(
                c.version(), c.depths(), c.dims(), 4, c.labels(), 1e-9, c.activation(), 0, c.layerScaleInit());
        new Checkpoint(wrong, right.preprocessing(), right.parameters(), List.of()).write(folder.resolve("wrong"));
        try (Safetensors file = Safetensors.open(Fixtures.reference(model))) {
            tensors = Models.copy(file);
        }
        keep("x", "stage3", "pooled", "logits");
        assertThat(failures(compare(folder.resolve("wrong")))).containsExactly("pooled", "logits");
    }

    @Test
    void namesWhatIsWrongWithTheReference() {
        Tensor x = tensors.get("x");
        assertRefused("x", null, "has no tensor x, the images [N, 3, H, W]");
        assertRefused("x", x.reshape(2, 65, 97, 3), "tensor x is F32 [2, 65, 97, 3], expected F32 [N, 3, H, W]");
        assertRefused("labels", Tensor.of(new long[3], 3), "tensor labels is I64 [3], expected I64 [2]");
        assertRefused("labels", Tensor.of(new long[] {1, 5}, 2), "label 1 is 5, but the model has the classes 0 to 4");
        assertRefused("adamw0.classifier.bias", Tensor.of(new float[5], 5), "asks for 0 steps");
        tensors.keySet().retainAll(List.of("x", "labels"));
        assertRefused("other", Tensor.of(new float[1], 1), "has nothing to compare");
    }

    private void assertRefused(String name, Tensor tensor, String message) {
        Map<String, Tensor> before = new HashMap<>(tensors);
        if (tensor == null) {
            tensors.remove(name);
        } else {
            tensors.put(name, tensor);
        }
        assertThatThrownBy(this::compare)
                .isInstanceOf(InputException.class)
                .hasMessageContaining("reference.safetensors")
                .hasMessageContaining(message);
        tensors = before;
    }
}
