package org.cryonext.models.checkpoint;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.Safetensors;
import org.cryonext.engine.io.SafetensorsWriter;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.models.Fixtures;
import org.cryonext.models.Models;
import org.cryonext.models.convnext.ConvNextConfig;
import org.cryonext.models.convnext.Size;
import org.cryonext.models.convnext.Version;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is wrong with a checkpoint is said with file, tensor, what was found and what was expected. */
class BadCheckpointTest {
    private static final String DEPTHWISE = "convnext.encoder.stages.2.layers.1.dwconv.weight";

    @TempDir
    Path folder;

    private Map<String, Tensor> tensors;

    @BeforeEach
    void copy() throws IOException {
        Path model = Fixtures.model("v1");
        Files.copy(model.resolve(Checkpoint.CONFIG), folder.resolve(Checkpoint.CONFIG));
        try (Safetensors file = Safetensors.open(model.resolve(Checkpoint.WEIGHTS))) {
            tensors = Models.copy(file);
        }
    }

    private void assertRefused(String... parts) {
        SafetensorsWriter.write(folder.resolve(Checkpoint.WEIGHTS), tensors, Map.of("format", "pt"));
        assertThatThrownBy(() -> Checkpoint.read(folder))
                .isInstanceOf(InputException.class)
                .hasMessageContainingAll(parts);
    }

    @Test
    void namesAMissingTensor() {
        tensors.remove(DEPTHWISE);
        assertRefused(
                folder.resolve(Checkpoint.WEIGHTS) + " (names of Hugging Face) has no tensor " + DEPTHWISE,
                "ConvNeXt V1, depths 1,1,2,1, dims 6,10,14,18, 5 classes",
                "config.json) needs it, of shape [14, 1, 7, 7]");
    }

    @Test
    void namesTheMemoryThatTheWeightsTake() {
        ConvNextConfig config = ConvNextConfig.of(Version.V1, Size.BASE.depths(), Size.BASE.dims(), 12);
        assertThatThrownBy(() -> WeightMemory.require(config, "base.safetensors", 300L << 20))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith("base.safetensors: the 87,578,764 weights of ConvNeXt V1")
                .hasMessageEndingWith(
                        " take 334 MiB, but the heap has only 300 MiB; give more with --memory, or take a smaller network");
        assertThatCode(() -> WeightMemory.require(config, "base.safetensors", 335L << 20))
                .doesNotThrowAnyException();
    }

    @Test
    void namesAWrongShape() {
        tensors.put(DEPTHWISE, Tensor.of(new float[14 * 25], 14, 1, 5, 5));
        assertRefused("tensor " + DEPTHWISE + " is [14, 1, 5, 5], expected [14, 1, 7, 7]");
    }

    @Test
    void namesAWrongType() {
        tensors.put("classifier.bias", Tensor.of(new int[5], 5));
        assertRefused("tensor classifier.bias is of type I32, expected real numbers");
    }

    @Test
    void namesWhatIsLeftOver() {
        tensors.put("convnext.norm_pre.weight", Tensor.of(new float[18], 18));
        assertRefused("holds 1 tensor that ConvNeXt V1", "does not have, for instance convnext.norm_pre.weight [18]");
    }

    @Test
    void namesAnotherNetwork() {
        tensors.clear();
        tensors.put("conv1.weight", Tensor.of(new float[2], 2));
        assertRefused("is not a ConvNeXt: it has no stem under the names of Hugging Face, timm, the original code,"
                + " torchvision; its tensors are conv1.weight");
    }

    @Test
    void namesAConfigurationOfAnotherSize() throws IOException {
        edit("\\[\\s*1,\\s*1,\\s*2,\\s*1\\s*\\]", "[1, 1, 3, 1]");
        assertRefused("has no tensor convnext.encoder.stages.2.layers.2.dwconv.weight", "depths 1,1,3,1");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            "hidden_act": "gelu"         | "hidden_act": "relu"        | hidden_act is relu, expected gelu, gelu_new or gelu_pytorch_tanh
            "model_type": "convnext"     | "model_type": "resnet"      | model_type is "resnet", expected "convnext" or "convnextv2"
            "num_channels": 3            | "num_channels": 1           | is [6, 3, 4, 4], expected [6, 1, 4, 4]
            "1": "LABEL_1",              | "one": "LABEL_1",           | id2label.one is "LABEL_1", expected class names under their numbers
            "1": "LABEL_1",              | "7": "LABEL_1", "9": "x",   | id2label is 6 names with numbers up to 9, expected one for each of the 5 classes, numbered from 0
            "1": "LABEL_1"               | "0": "LABEL_1"              | Duplicate
            "layer_norm_eps": 1e-12      | "layer_norm_eps": "small"   | layer_norm_eps is "small", expected a number
            "patch_size": 4              | "patch_size": 0             | patch size 0, expected at least 1
            "patch_size": 4              | "patch_size": 4.5           | patch_size is 4.5, expected a whole number
            "num_stages": 4              | "num_stages": 5             | num_stages is 5, expected 4
            "patch_size": 4              | "patch_size" 4              | is not valid JSON at line
            """)
    void namesWhatIsWrongInTheConfiguration(String text, String replacement, String message) throws IOException {
        edit(Pattern.quote(text), replacement);
        assertRefused(folder.resolve(Checkpoint.CONFIG).toString(), message);
    }

    private void edit(String pattern, String replacement) throws IOException {
        Path config = folder.resolve(Checkpoint.CONFIG);
        String before = Files.readString(config);
        String after = before.replaceFirst(pattern, replacement);
        if (after.equals(before)) {
            throw new IllegalArgumentException("config.json has no " + pattern);
        }
        Files.writeString(config, after);
    }

    @Test
    void namesHalfAClassifier() {
        tensors.remove("classifier.weight");
        assertRefused(
                "holds 1 tensor that ConvNeXt V1", "no classifier", "does not have, for instance classifier.bias [5]");
    }

    @Test
    void namesMoreBlocksThanTheFileHasTensors() throws IOException {
        edit("\\[\\s*1,\\s*1,\\s*2,\\s*1\\s*\\]", "[1, 65536, 2, 1]");
        assertRefused("holds " + tensors.size() + " tensors, fewer than the 65540 blocks of ConvNeXt V1");
    }

    @Test
    void namesMoreClassesThanAModelCanHave() {
        tensors.put("classifier.weight", Tensor.of(new float[0], 1L << 30, 0));
        assertRefused("classifier.weight is [1073741824, 0], expected [classes, features] of at most 1048576 classes");
    }

    @Test
    void namesAMissingFileAndAnEmptyFolder() throws IOException {
        assertThatThrownBy(() -> Checkpoint.read(folder.resolve("none")))
                .isInstanceOf(InputException.class)
                .hasMessage(
                        "No such checkpoint: " + folder.resolve("none") + "; give a folder with model.safetensors, a"
                                + " weight file, or the name of a published model (cryonext fetch --list)");
        Path empty = Files.createDirectory(folder.resolve("empty"));
        assertThatThrownBy(() -> Checkpoint.read(empty))
                .isInstanceOf(InputException.class)
                .hasMessage("The folder " + empty + " is not a checkpoint: it has no model.safetensors,"
                        + " model.safetensors.index.json, pytorch_model.bin or pytorch_model.bin.index.json");
    }

    @Test
    void namesAHeaderLongerThanTheFile() throws IOException {
        Files.write(folder.resolve(Checkpoint.WEIGHTS), new byte[] {0, 0, 0, 1, 0, 0, 0, 0, '{', '}'});
        assertThatThrownBy(() -> Checkpoint.read(folder, List.of("a"), 1))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("announce a header of 16777216 bytes, but only 2 follow");
    }
}
