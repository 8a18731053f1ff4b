package org.cryonext.models.recognize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.Progress;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.models.checkpoint.Checkpoint;
import org.cryonext.models.checkpoint.Preprocessing;
import org.cryonext.models.onnx.OnnxFile;
import org.cryonext.models.onnx.OnnxProgram;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OnnxImportTest {
    @TempDir
    private static Path folder;

    @BeforeAll
    static void unpack() throws IOException {
        Exports.unpack(folder);
    }

    private static Path file(String name) {
        return folder.resolve(name + ".onnx");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "timm-v1-opset17",
                "huggingface-v2-opset20",
                "huggingface-v1-backbone-opset17",
                "timm-v1-f16-opset13",
                "timm-v1-bf16-opset13",
                "huggingface-v2-f16-opset17",
                "huggingface-v2-bf16-opset20",
                "timm-v1-features-opset20",
                "timm-v1-dynamic-opset17",
                "huggingface-v2-dynamic-opset20",
                "channels-last-image"
            })
    void provesThatTheRebuiltModelGivesTheSame(String name) {
        Checkpoint model = OnnxImport.read(file(name), Progress.none());
        assertThat(model.config()).isEqualTo(Exports.named(name).config(true));
        assertThat(model.report().getLast())
                .matches(
                        "On (1 random image|2 random images) of \\d+ x \\d+ the file's own graph and the rebuilt ConvNeXt differ by .*e-0\\d"
                                + " of the largest result \\(cpu backend: .*e-0\\d\\)");
    }

    @Test
    void refusesAModelThatGivesOtherNumbers() {
        try (OnnxFile file = OnnxFile.open(file("timm-v1-opset17"))) {
            OnnxProgram program = OnnxImport.program(file, Shape.of(1, 3, 65, 97));
            Recognition right = OnnxImport.recognize(file, program);
            SequencedMap<String, Tensor> changed = new LinkedHashMap<>(right.parameters());
            String name = "convnext.encoder.stages.2.layers.1.layernorm.bias";
            Tensor bias = Tensor.of(
                    changed.get(name).toFloats(), changed.get(name).shape().toArray());
            bias.set(3, bias.get(3) + 0.01);
            changed.put(name, bias);
            Recognition wrong =
                    new Recognition(right.config(), changed, right.image(), right.outputs(), right.report());
            assertThatThrownBy(() -> ImportProof.run(program, wrong, Progress.none()))
                    .isInstanceOf(InputException.class)
                    .hasMessageMatching(
                            ".*timm-v1-opset17.onnx was taken for a ConvNeXt, but the one rebuilt from it differs by"
                                    + " .*e-0\\d of the largest result on 1 random image of 65 x 97, expected at most 1.0e-04: it is"
                                    + " not imported");
        }
    }

    @Test
    void saysThatWeightsThatAreNoNumbersProveNothing() {
        Checkpoint model = OnnxImport.read(file("not-a-number"), Progress.none());
        assertThat(model.report().getLast())
                .isEqualTo(
                        "Some of its weights are NaN or infinite, so its results cannot be compared with those of the"
                                + " file's own graph");
        assertThat(model.parameters().get("classifier.bias").get(1)).isEqualTo(Double.POSITIVE_INFINITY);
    }

    @Test
    void saysWhatAFeatureModelLacks() {
        Checkpoint model = OnnxImport.read(file("huggingface-v2-backbone-opset17"), Progress.none());
        assertThat(model.config().hasClassifier()).isFalse();
        assertThat(model.report())
                .contains(
                        "The LayerNorm over the feature map stage3 is left out: a ConvNeXt has none there",
                        "It has no LayerNorm behind the pooling; it gets one of weight 1 and bias 0 with epsilon 1.0E-6");
    }

    @Test
    void takesLabelsAndPreprocessingFromTheMetadata() throws IOException {
        Preprocessing preprocessing = new Preprocessing(
                48, Preprocessing.Resample.BILINEAR, 1, 1 / 255.0, List.of(0.5, 0.4, 0.3), List.of(0.2, 0.2, 0.25));
        Path with = withMetadata(
                "cryonext.labels",
                "[\"a\", \"b\", \"c\", \"ribosome, 80S\"]",
                "cryonext.preprocessor",
                preprocessing.text());
        Checkpoint model = OnnxImport.read(with, Progress.none());
        assertThat(model.config().labels()).containsExactly("a", "b", "c", "ribosome, 80S");
        assertThat(model.preprocessing()).isEqualTo(preprocessing);
        assertThat(OnnxImport.read(file("fresh-v2"), Progress.none()).config().labels())
                .containsExactly("LABEL_0", "LABEL_1", "LABEL_2", "LABEL_3");
    }

    @Test
    void refusesMetadataThatDoesNotFit() throws IOException {
        for (List<String> bad : List.of(
                List.of("[\"a\"]", "names 1 classes, but the classifier has 4"),
                List.of("[1, 2, 3, 4]", "has 1 among its class names"),
                List.of("{}", "is not a list"),
                List.of("[", "is not valid JSON"))) {
            Path file = withMetadata("cryonext.labels", bad.getFirst());
            assertThatThrownBy(() -> OnnxImport.read(file, Progress.none()))
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining(file + ": its metadata cryonext.labels " + bad.getLast());
        }
    }

    @Test
    void refusesExportsThatAreMoreThanANetwork() throws IOException {
        Path file = withMetadata("cryonext.fusion", "logits");
        assertThatThrownBy(() -> OnnxImport.read(file, Progress.none()))
                .isInstanceOf(InputException.class)
                .hasMessage(file
                        + " holds more than a ConvNeXt: it cuts or fuses views, as cryonext export makes it; export"
                        + " the run with --single-view and without --preprocess");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            1099511627776,3,1099511627776,1099511627776 | is F32 [1099511627776, 3, 1099511627776, 1099511627776], expected
            0,3,64,64                                   | is F32 [0, 3, 64, 64], expected images [N, C, H, W]
            1,3,15000,15000                             | does not fit into memory: its graph with F32 [1, 3, 15000, 15000]
            1,3,64,9                                    | reaches beyond x [1, 6, 8, 1]
            """)
    void refusesImagesThatCannotBe(String dims, String message) throws IOException {
        OnnxMl.ModelProto.Builder model =
                OnnxMl.ModelProto.parseFrom(Files.readAllBytes(file("timm-v1-opset17"))).toBuilder();
        OnnxMl.TensorShapeProto.Builder shape = model.getGraphBuilder()
                .getInputBuilder(0)
                .getTypeBuilder()
                .getTensorTypeBuilder()
                .getShapeBuilder()
                .clear();
        for (String dim : dims.split(",")) {
            shape.addDim(OnnxMl.TensorShapeProto.Dimension.newBuilder().setDimValue(Long.parseLong(dim)));
        }
        Path file = folder.resolve("other-images.onnx");
        Files.write(file, model.build().toByteArray());
        assertThatThrownBy(() -> OnnxImport.read(file, Progress.none()))
                .isInstanceOf(InputException.class)
                .hasMessageContainingAll(file.toString(), message);
    }

    @Test
    void refusesResultsThatShowNothing() throws IOException {
        OnnxMl.ModelProto.Builder model =
                OnnxMl.ModelProto.parseFrom(Files.readAllBytes(file("timm-v1-opset17"))).toBuilder();
        int cleared = 0;
        for (OnnxMl.TensorProto.Builder tensor : model.getGraphBuilder().getInitializerBuilderList()) {
            if (tensor.getName().startsWith("head.fc.")) {
                tensor.setRawData(
                        ByteString.copyFrom(new byte[tensor.getRawData().size()]));
                cleared++;
            }
        }
        assertThat(cleared).isEqualTo(2);
        Path file = folder.resolve("blind.onnx");
        Files.write(file, model.build().toByteArray());
        assertThatThrownBy(() -> OnnxImport.read(file, Progress.none()))
                .isInstanceOf(InputException.class)
                .hasMessage(
                        file + " gives the same results for other images (they differ by 0.0e+00 of the largest), so"
                                + " comparing them cannot show whether it was read rightly: it is not imported; give its weights as"
                                + " safetensors or as a PyTorch checkpoint");
    }

    @Test
    void saysWhatBecomesOfImagesThatAreNotSquare() throws IOException {
        Checkpoint model = OnnxImport.read(file("timm-v1-opset17"), Progress.none());
        assertThat(model.preprocessing().size()).isEqualTo(65);
        assertThat(model.report())
                .contains(
                        "Its images are of 65 x 97 pixels; the preprocessing makes square ones of the shorter edge, 65");
        Path stated =
                withMetadata("cryonext.preprocessor", Preprocessing.imageNet(80).text());
        assertThat(OnnxImport.read(stated, Progress.none()).report()).noneMatch(s -> s.contains("shorter edge"));
    }

    @Test
    void refusesAnotherNetworkForWhatItIs() throws IOException {
        OnnxMl.ModelProto.Builder model =
                OnnxMl.ModelProto.parseFrom(Files.readAllBytes(file("timm-v1-opset17"))).toBuilder();
        model.getGraphBuilder().getNodeBuilder(5).setOpType("MaxPool").setName("/maxpool/MaxPool");
        Path file = folder.resolve("resnet.onnx");
        Files.write(file, model.build().toByteArray());
        assertThatThrownBy(() -> OnnxImport.read(file, Progress.none()))
                .isInstanceOf(InputException.class)
                .hasMessage(
                        file + " is not a ConvNeXt that CryoNeXt knows: node /maxpool/MaxPool (MaxPool) has an operator"
                                + " that ConvNeXts do not have");
    }

    private static Path withMetadata(String... keysAndValues) throws IOException {
        OnnxMl.ModelProto.Builder model =
                OnnxMl.ModelProto.parseFrom(Files.readAllBytes(file("timm-v1-opset17"))).toBuilder();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            model.addMetadataProps(OnnxMl.StringStringEntryProto.newBuilder()
                    .setKey(keysAndValues[i])
                    .setValue(keysAndValues[i + 1]));
        }
        Path result = folder.resolve("with-metadata.onnx");
        Files.write(result, model.build().toByteArray());
        return result;
    }
}
