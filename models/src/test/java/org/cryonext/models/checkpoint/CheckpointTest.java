package org.cryonext.models.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.cryonext.engine.backend.reference.ReferenceBackend;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.Safetensors;
import org.cryonext.engine.runtime.Variables;
import org.cryonext.engine.tensor.DType;
import org.cryonext.models.Fixtures;
import org.cryonext.models.Models;
import org.cryonext.models.convnext.ConvNextConfig;
import org.cryonext.models.convnext.Version;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "v1/model.safetensors, v1, Hugging Face",
        "names/v1-original.safetensors, v1, the original code",
        "names/v1-timm.safetensors, v1, timm",
        "names/v1-timm-conv-mlp.safetensors, v1, timm",
        "names/v1-torchvision.safetensors, v1, torchvision",
        "v2/model.safetensors, v2, Hugging Face",
        "names/v2-original.safetensors, v2, the original code",
        "names/v2-timm.safetensors, v2, timm",
        "names/v2-timm-conv-mlp.safetensors, v2, timm"
    })
    void readsEveryLibrarysNames(String weights, String model, String scheme) {
        Checkpoint checkpoint = Checkpoint.read(Fixtures.model(weights));
        assertThat(checkpoint.report().getFirst()).contains(weights).endsWith("5 classes, names of " + scheme);
        assertThat(checkpoint.config().depths()).containsExactly(1, 1, 2, 1);
        assertThat(checkpoint.config().dims()).containsExactly(6, 10, 14, 18);
        assertThat(checkpoint.config().version()).isEqualTo(Version.valueOf(model.toUpperCase(Locale.ROOT)));
        assertSameLogits(checkpoint, Fixtures.reference(model));
    }

    @ParameterizedTest
    @ValueSource(strings = {"f16", "bf16", "f64"})
    void readsEveryElementType(String dtype) {
        Checkpoint checkpoint = Checkpoint.read(Fixtures.model("dtypes/" + dtype + ".safetensors"));
        assertThat(checkpoint.parameters().values()).allMatch(t -> t.dtype() == DType.F32);
        assertSameLogits(checkpoint, Fixtures.model("dtypes/" + dtype + "-reference.safetensors"));
    }

    private static void assertSameLogits(Checkpoint checkpoint, Path reference) {
        try (ReferenceBackend backend = new ReferenceBackend();
                Safetensors file = Safetensors.open(reference)) {
            float[] expected = file.tensor("logits").toFloats();
            assertThat(Models.relative(Models.logits(checkpoint, file, backend), expected))
                    .isLessThan(1e-5);
        }
    }

    @Test
    void theEpsilonOfTheLastNormIsTheLibrarys() {
        assertThat(Checkpoint.read(Fixtures.model("v1")).config().headEpsilon()).isEqualTo(1e-12);
        Checkpoint timm = Checkpoint.read(Fixtures.model("names/v1-timm.safetensors"));
        assertThat(timm.config().headEpsilon()).isEqualTo(1e-6);
        assertThat(timm.report().getLast()).contains("No config.json").contains("epsilon 1.0E-6");
    }

    @ParameterizedTest
    @ValueSource(strings = {"v1", "v2"})
    void writesWhatTransformersWrote(String model) throws IOException {
        Checkpoint checkpoint = Checkpoint.read(Fixtures.model(model));
        checkpoint.write(folder);
        assertThat(folder.resolve(Checkpoint.WEIGHTS))
                .hasSameBinaryContentAs(Fixtures.model(model).resolve(Checkpoint.WEIGHTS));
        try (var files = Files.list(folder)) {
            assertThat(files.map(f -> f.getFileName().toString()))
                    .containsExactlyInAnyOrder(Checkpoint.WEIGHTS, Checkpoint.CONFIG, Preprocessing.FILE);
        }
        Checkpoint again = Checkpoint.read(folder);
        assertThat(again.config()).isEqualTo(checkpoint.config());
        assertThat(again.preprocessing()).isEqualTo(checkpoint.preprocessing());
    }

    @Test
    void writesHalfPrecisionOnRequest() {
        Checkpoint.read(Fixtures.model("v2")).write(folder, DType.BF16);
        try (Safetensors file = Safetensors.open(folder.resolve(Checkpoint.WEIGHTS))) {
            assertThat(file.types().values()).allMatch(t -> t.dtype() == DType.BF16);
            assertThat(file.metadata()).containsEntry("format", "pt");
        }
        assertThat(folder.resolve(Checkpoint.CONFIG)).content().contains("\"dtype\" : \"bfloat16\"");
    }

    @Test
    void replacesTheHeadForOtherClasses() {
        List<String> labels = List.of("ring", "barrel", "dimer");
        Checkpoint whole = Checkpoint.read(Fixtures.model("v1"));
        Checkpoint replaced = Checkpoint.read(Fixtures.model("v1"), labels, 7);
        assertThat(replaced.config().labels()).isEqualTo(labels);
        assertThat(replaced.report())
                .contains("Its classifier for 5 classes is replaced by a fresh one for 3, from seed 7");
        assertThat(replaced.parameters().get("classifier.weight").shape().dims())
                .containsExactly(3L, 18L);
        assertThat(replaced.parameters().get("classifier.bias").toFloats()).containsOnly(0);
        Set<String> head = Set.of("classifier.weight", "classifier.bias");
        whole.parameters().forEach((name, tensor) -> {
            if (!head.contains(name)) {
                assertThat(replaced.parameters().get(name).toFloats()).containsExactly(tensor.toFloats());
            }
        });
    }

    @Test
    void keepsTheHeadForAsManyClasses() {
        List<String> labels = List.of("a", "b", "c", "d", "e");
        Checkpoint renamed = Checkpoint.read(Fixtures.model("v1"), labels, 7);
        assertThat(renamed.config().labels()).isEqualTo(labels);
        assertThat(renamed.parameters().get("classifier.weight").toFloats())
                .containsExactly(Checkpoint.read(Fixtures.model("v1"))
                        .parameters()
                        .get("classifier.weight")
                        .toFloats());
    }

    @Test
    void givesAModelWithoutAHeadAFreshOne() {
        Path features = Fixtures.model("names/v2-huggingface-headless.safetensors");
        Checkpoint checkpoint = Checkpoint.read(features, List.of("a", "b"), 1);
        assertThat(checkpoint.config().classes()).isEqualTo(2);
        assertThat(checkpoint.report()).contains("It gets a fresh classifier for 2 classes, from seed 1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"v1", "v2"})
    void aModelWithoutAHeadGivesFeatures(String model) throws IOException {
        Path features = Fixtures.model("names/" + model + "-huggingface-headless.safetensors");
        Checkpoint checkpoint = Checkpoint.read(features);
        assertThat(checkpoint.config().hasClassifier()).isFalse();
        assertThat(checkpoint.report().getFirst()).endsWith("no classifier, names of Hugging Face");
        assertSameFeatures(checkpoint, model);
        checkpoint.write(folder);
        assertThat(folder.resolve(Checkpoint.WEIGHTS)).hasSameBinaryContentAs(features);
        assertThat(folder.resolve(Checkpoint.CONFIG)).content().contains("Model\"", "\"id2label\" : { }");
        Checkpoint again = Checkpoint.read(folder);
        assertThat(again.config()).isEqualTo(checkpoint.config());
        assertSameFeatures(again, model);
    }

    @ParameterizedTest
    @ValueSource(strings = {"v1", "v2"})
    void aDroppedHeadLeavesTheFeatures(String model) {
        Checkpoint features = Checkpoint.read(Fixtures.model(model)).withoutClassifier();
        assertThat(features.report()).endsWith("Its classifier for 5 classes is dropped");
        assertThat(features.parameters().keySet())
                .containsExactlyElementsOf(
                        Checkpoint.read(Fixtures.model("names/" + model + "-huggingface-headless.safetensors"))
                                .parameters()
                                .keySet());
        assertSameFeatures(features, model);
        Checkpoint again = features.withFreshClassifier(List.of("a", "b"), 1);
        assertThat(again.config().labels()).containsExactly("a", "b");
        Checkpoint direct = Checkpoint.read(Fixtures.model(model), List.of("a", "b"), 1);
        assertThat(again.parameters().keySet())
                .containsExactlyElementsOf(direct.parameters().keySet());
        again.parameters()
                .forEach((name, values) -> assertThat(values.toFloats())
                        .containsExactly(direct.parameters().get(name).toFloats()));
    }

    private static void assertSameFeatures(Checkpoint checkpoint, String model) {
        try (ReferenceBackend backend = new ReferenceBackend();
                Safetensors file = Safetensors.open(Fixtures.reference(model))) {
            float[] expected = file.tensor("pooled").toFloats();
            assertThat(Models.relative(Models.output("pooled", checkpoint, file, backend), expected))
                    .isLessThan(1e-5);
        }
    }

    @Test
    void asManyNamesAsClassesAreNeeded() {
        Checkpoint five = Checkpoint.read(Fixtures.model("v1"));
        assertThatThrownBy(() -> five.withLabels(List.of("a", "b")))
                .isInstanceOf(InputException.class)
                .hasMessage("2 class names for a model of 5 classes; give one for each");
    }

    @Test
    void variablesGiveBackWhatTheyWereGiven() {
        try (ReferenceBackend backend = new ReferenceBackend();
                Variables variables = new Variables(backend)) {
            Checkpoint fresh = Checkpoint.fresh(
                    ConvNextConfig.of(Version.V2, List.of(1, 1, 1, 1), List.of(4, 5, 6, 7), 12),
                    Preprocessing.imageNet(64),
                    3);
            fresh.upload(variables);
            Checkpoint back = fresh.download(variables);
            assertThat(back.parameters().keySet())
                    .containsExactlyElementsOf(fresh.parameters().keySet());
            fresh.parameters()
                    .forEach((name, tensor) ->
                            assertThat(back.parameters().get(name).toFloats()).containsExactly(tensor.toFloats()));
        }
    }
}
