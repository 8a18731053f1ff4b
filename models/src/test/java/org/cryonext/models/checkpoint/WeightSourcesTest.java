package org.cryonext.models.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.cryonext.engine.backend.reference.ReferenceBackend;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.Safetensors;
import org.cryonext.engine.io.SafetensorsWriter;
import org.cryonext.engine.op.Activation;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.models.Fixtures;
import org.cryonext.models.Models;
import org.cryonext.models.convnext.ConvNextConfig;
import org.cryonext.models.convnext.Version;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The same weights out of every kind of file, and a sentence for each kind that is refused. */
class WeightSourcesTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            torch/v1-original-model.pth    | v1 | the original code
            torch/v2-original-model.pt     | v2 | the original code
            torch/v1-timm-module.pth       | v1 | timm, each behind "module."
            torch/v2-timm-conv-mlp-ema.pth | v2 | timm
            torch/v1-torchvision.pth       | v1 | torchvision
            torch/v1-huggingface.bin       | v1 | Hugging Face
            torch/v2-parameters.bin        | v2 | Hugging Face
            torch/v1-strided.pth           | v1 | the original code
            torch/v2-flat.pth              | v2 | the original code
            sharded/v1                     | v1 | Hugging Face
            sharded/v2/model.safetensors.index.json | v2 | Hugging Face
            sharded/v1-bin                 | v1 | Hugging Face
            """)
    void readsEveryKindOfFile(String file, String model, String names) {
        Checkpoint checkpoint = Checkpoint.read(Fixtures.model(file));
        assertThat(checkpoint.report().getFirst()).contains(file).endsWith("5 classes, names of " + names);
        assertThat(checkpoint.config().version()).isEqualTo(Version.valueOf(model.toUpperCase(Locale.ROOT)));
        Checkpoint.read(Fixtures.model(model))
                .parameters()
                .forEach((name, values) -> assertThat(
                                checkpoint.parameters().get(name).toFloats())
                        .as(name)
                        .containsExactly(values.toFloats()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"f16", "bf16", "f64"})
    void readsEveryElementTypeOfPyTorch(String dtype) {
        Checkpoint checkpoint = Checkpoint.read(Fixtures.model("torch/v1-" + dtype + ".pth"));
        try (ReferenceBackend backend = new ReferenceBackend();
                Safetensors file = Safetensors.open(Fixtures.model("dtypes/" + dtype + "-reference.safetensors"))) {
            assertThat(Models.relative(
                            Models.logits(checkpoint, file, backend),
                            file.tensor("logits").toFloats()))
                    .isLessThan(1e-5);
        }
    }

    @Test
    void saysWhatOfACheckpointIsTaken() {
        assertThat(Checkpoint.read(Fixtures.model("torch/v2-original-model.pt")).report())
                .contains("The weights are its entry \"model\"; not used: epoch, lr, best");
        assertThat(Checkpoint.read(Fixtures.model("torch/v2-timm-conv-mlp-ema.pth"))
                        .report())
                .contains("The weights are its entry \"model_ema\"");
    }

    @Test
    void aFolderOfShardsHasItsConfigurationAndPreprocessing() throws IOException {
        copy("sharded/v1");
        Path processing = folder.resolve(Preprocessing.FILE);
        Files.writeString(processing, Files.readString(processing).replace("224", "96"));
        Checkpoint checkpoint = Checkpoint.read(folder);
        assertThat(checkpoint.preprocessing().size()).isEqualTo(96);
        assertThat(checkpoint.config().headEpsilon()).isEqualTo(1e-12);
        assertThat(checkpoint.report()).hasSize(1);
    }

    @Test
    void theFormerNamesOfGrnAreRead() {
        Map<String, Tensor> former = new TreeMap<>();
        try (Safetensors file = Safetensors.open(Fixtures.model("v2/model.safetensors"))) {
            Models.copy(file)
                    .forEach((name, tensor) -> former.put(
                            name.replace("grn.weight", "grn.gamma").replace("grn.bias", "grn.beta"), tensor));
        }
        assertThat(former).containsKey("convnextv2.encoder.stages.0.layers.0.grn.beta");
        SafetensorsWriter.write(folder.resolve(Checkpoint.WEIGHTS), former, Map.of());
        Checkpoint.read(Fixtures.model("v2"))
                .parameters()
                .forEach((name, values) -> assertThat(
                                Checkpoint.read(folder).parameters().get(name).toFloats())
                        .as(name)
                        .containsExactly(values.toFloats()));
    }

    @Test
    void timmsConfigurationGivesPreprocessingAndNames() throws IOException {
        Path weights = folder.resolve(Checkpoint.WEIGHTS);
        Files.copy(Fixtures.model("names/v1-timm.safetensors"), weights);
        Path config = folder.resolve(Checkpoint.CONFIG);
        Files.writeString(config, """
                {"architecture": "convnext_atto", "num_classes": 5, "label_names": ["a", "b", "c", "d", "e"],
                 "model_args": {"act_layer": "gelu_tanh"},
                 "pretrained_cfg": {"input_size": [3, 288, 288], "interpolation": "bilinear", "crop_pct": 0.95,
                  "mean": [0.5, 0.5, 0.5], "std": [0.25, 0.25, 0.25]}}""");
        Checkpoint checkpoint = Checkpoint.read(folder);
        assertThat(checkpoint.preprocessing()).hasToString("288 x 288, bilinear");
        assertThat(checkpoint.preprocessing().cropPct()).isEqualTo(0.95);
        assertThat(checkpoint.preprocessing().mean()).containsOnly(0.5);
        assertThat(checkpoint.preprocessing().deviation()).containsOnly(0.25);
        assertThat(checkpoint.config().labels()).containsExactly("a", "b", "c", "d", "e");
        assertThat(checkpoint.report().getLast()).contains("the tanh form of GELU and epsilon 1.0E-6");
        Files.writeString(config, "{\"architecture\": \"convnext_atto\", \"model_args\": {\"act_layer\": \"silu\"}}");
        assertRefused(folder, "model_args.act_layer is silu, expected gelu or gelu_tanh");
        Files.writeString(config, "{\"architecture\": \"convnext_xxlarge\"}");
        assertRefused(
                folder, "architecture is \"convnext_xxlarge\", expected a ConvNeXt whose norms have the epsilon 1e-6");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            "architecture": "resnet18"                                                   | architecture is "resnet18", expected a ConvNeXt's name
            "architecture": "convnext_atto", "model_args": {"output_stride": 16}         | model_args.output_stride is 16, expected no such argument
            "architecture": "convnext_atto", "model_args": {"head_norm_first": true}     | model_args.head_norm_first is true, expected no such argument
            "architecture": "convnext_atto", "global_pool": "max"                        | global_pool is "max", expected "avg"
            "architecture": "convnext_atto", "model_args": {"global_pool": "catavgmax"}  | global_pool is "catavgmax", expected "avg"
            """, quoteCharacter = '\'')
    void refusesAnotherNetworkOfTimmWithTheSameTensors(String keys, String message) throws IOException {
        Files.copy(Fixtures.model("names/v1-timm.safetensors"), folder.resolve(Checkpoint.WEIGHTS));
        Files.writeString(folder.resolve(Checkpoint.CONFIG), "{" + keys + "}");
        assertRefused(folder, message);
    }

    @Test
    void aFileThatStandsAloneMayCarryItsConfiguration() {
        Checkpoint written = Checkpoint.read(Fixtures.model("v1"));
        ConvNextConfig config = new ConvNextConfig(
                written.config().version(),
                written.config().depths(),
                written.config().dims(),
                written.config().patchSize(),
                List.of("a", "b", "c", "d", "e"),
                3e-6,
                Activation.GELU_TANH,
                written.config().dropPathRate(),
                written.config().layerScaleInit());
        Preprocessing preprocessing = Preprocessing.imageNet(96);
        Path file = folder.resolve("alone.safetensors");
        try (Safetensors weights = Safetensors.open(Fixtures.model("v1/model.safetensors"))) {
            SafetensorsWriter.write(
                    file,
                    Models.copy(weights),
                    Map.of(
                            ConfigJson.METADATA,
                            ConfigJson.text(config, 96, DType.F32),
                            Preprocessing.METADATA,
                            preprocessing.text()));
        }
        Checkpoint read = Checkpoint.read(file);
        assertThat(read.config()).isEqualTo(config);
        assertThat(read.preprocessing()).isEqualTo(preprocessing);
    }

    @Test
    void aConfigurationThatWasCutOffIsSaidInPlainWords() throws IOException {
        Files.copy(Fixtures.model("v1/model.safetensors"), folder.resolve(Checkpoint.WEIGHTS));
        Files.writeString(folder.resolve(Checkpoint.CONFIG), "{\"model_type\": \"convnext\",");
        assertThatThrownBy(() -> Checkpoint.read(folder))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("is not valid JSON at line 1")
                .hasMessageNotContaining("Source");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            legacy.pth     | is a pickle without a zip archive around it, as torch.save wrote it before PyTorch 1.6; convert it in Python, with torch.save(torch.load("legacy.pth", weights_only=True), "weights.pth")
            namespace.pth  | is more than weights: its pickle names argparse.Namespace, and only tensors, dictionaries, lists, strings and numbers are read (nothing was executed)
            module.pth     | its pickle names torch.nn.modules.linear.Linear
            script.pt      | is a TorchScript program, not weights
            list.pth       | holds a list, expected a dictionary of tensors
            no-tensors.pth | holds no dictionary of tensors, neither itself nor under model, state_dict
            expanded.pth   | a tensor of size [5] with strides [0] at element 0, which does not lie within its storage of 1 elements
            complex.pth    | its pickle names torch.ComplexFloatStorage
            """)
    void refusesWhatIsNoWeights(String file, String message) {
        assertRefused(Fixtures.model("torch/" + file), message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            model-00002-of-00003 | ../model-00002-of-00003 | places tensors in "../model-00002-of-00003.safetensors", expected the name of a file in its folder
            model-00002-of-00003 | /etc/model-00002        | places tensors in "/etc/model-00002.safetensors", expected the name of a file in its folder
            model-00002-of-00003 | model-00007-of-00003    | places tensors in model-00007-of-00003.safetensors, but there is no such file in its folder
            "weight_map"         | "weights"               | is JSON, but no list of weight files: it has no weight_map
            "classifier.bias"    | "classifier.bases"      | holds tensor classifier.bias, which
            "classifier.bias":   | "extra": "model-00001-of-00003.safetensors", "classifier.bias": | places tensor extra in model-00001-of-00003.safetensors, which does not have it
            "classifier.bias":   | "classifier.bias": "model-00001-of-00003.safetensors", "classifier.bias": | Duplicate
            """)
    void aListOfFilesMustAgreeWithThem(String text, String replacement, String message) throws IOException {
        copy("sharded/v1");
        Path index = folder.resolve("model.safetensors.index.json");
        String before = Files.readString(index);
        assertThat(before).contains(text);
        Files.writeString(index, before.replace(text, replacement));
        assertRefused(folder, message);
    }

    @Test
    void aListMayNotPlaceATensorInTheWrongFile() throws IOException {
        copy("sharded/v1");
        Path index = folder.resolve("model.safetensors.index.json");
        Files.writeString(index, Files.readString(index).replaceFirst("(\"classifier.bias\": \"model-0000)\\d", "$11"));
        assertRefused(folder, "holds tensor classifier.bias, which", " places in model-00001-of-00003.safetensors");
    }

    @Test
    void aListMayNotNameAList() throws IOException {
        copy("sharded/v1");
        Path index = folder.resolve("model.safetensors.index.json");
        Files.writeString(index, "{\"weight_map\": {\"a\": \"model.safetensors.index.json\"}}");
        assertRefused(folder, "is a list of weight files, expected a file of tensors");
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "links need a right there that users lack")
    void shardsAreLinksInHuggingFacesCacheAndNowhereElse() throws IOException {
        Path model = folder.resolve("models--a--b");
        Path blobs = Files.createDirectories(model.resolve("blobs"));
        Path snapshot = Files.createDirectories(model.resolve("snapshots/1234"));
        Path elsewhere = Files.createDirectories(folder.resolve("elsewhere"));
        try (var files = Files.list(Fixtures.model("sharded/v1"))) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                Files.copy(file, blobs.resolve("blob-" + name));
                Files.createSymbolicLink(snapshot.resolve(name), Path.of("../../blobs/blob-" + name));
                Files.createSymbolicLink(elsewhere.resolve(name), snapshot.resolve(name));
            }
        }
        assertThat(Checkpoint.read(snapshot).report().getFirst()).contains("names of Hugging Face");
        assertRefused(
                elsewhere,
                "places tensors in model-0000",
                ", which is a link out of its folder; put the file itself there");
    }

    @Test
    void saysWhatOtherFilesAre() throws IOException {
        Path file = folder.resolve("model.bin");
        Files.write(file, new byte[] {8, 9, 18, 7, 'p', 'y', 't', 'o', 'r', 'c', 'h'});
        assertRefused(file, "is an ONNX model, expected weights; make a checkpoint of it with cryonext import");
        Files.writeString(file, "\u0089HDF");
        assertRefused(file, "is no model file that is known here; expected safetensors");
        Files.write(file, new byte[0]);
        assertRefused(file, "is no model file that is known here");
        Files.write(file, "PK\3\4 and nothing more".getBytes(StandardCharsets.ISO_8859_1));
        assertRefused(file, "is not a usable zip archive: it has no directory at its end; the file is truncated");
    }

    private void copy(String model) throws IOException {
        try (var files = Files.list(Fixtures.model(model))) {
            for (Path file : files.toList()) {
                Files.copy(file, folder.resolve(file.getFileName()));
            }
        }
    }

    private static void assertRefused(Path path, String... parts) {
        assertThatThrownBy(() -> Checkpoint.read(path))
                .isInstanceOf(InputException.class)
                .hasMessageContainingAll(parts)
                .hasMessageContaining(path.getFileName().toString());
    }
}
