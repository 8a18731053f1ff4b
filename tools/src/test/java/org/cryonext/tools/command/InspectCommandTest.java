package org.cryonext.tools.command;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class InspectCommandTest {
    private static final Path MODELS = Path.of("../models/src/test/resources/models");

    @TempDir
    Path folder;

    @Test
    void showsFactsAndATableOfParts() {
        CommandRun run = CommandRun.of("inspect", MODELS.resolve("v1"), "--image-size", 64);
        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .contains("ConvNeXt V1, depths 1,1,2,1, dims 6,10,14,18, 5 classes, names of Hugging Face")
                .contains("  format         safetensors")
                .containsPattern("stage 2 +2 +\\[4, 4, 14\\] +5,354 ")
                .containsPattern("all +12,759 ")
                .contains("for one image of 64 x 64");
    }

    @Test
    void describesAnOnnxFileAndDrawsItsNodes() {
        Path onnx = folder.resolve("model.onnx");
        assertThat(CommandRun.of("export", MODELS.resolve("v2"), "--out", onnx).exitCode())
                .isZero();
        Path dot = folder.resolve("model.dot");
        CommandRun run = CommandRun.of("inspect", onnx, "--graph", dot);
        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .contains("model.onnx: ONNX, ", "  producer", "opset 17", "F32 [1, 3, 224, 224]", "FLOP,", " Conv");
        assertThat(dot).content().contains("digraph network {", "Convolution");
        assertThat(run.out())
                .containsPattern("  model +ConvNeXt V2, depths 1,1,2,1, dims 6,10,14,18, 5 classes\n")
                .containsPattern("all +13,193 ");
        Path svg = folder.resolve("model.svg");
        assertThat(CommandRun.of("inspect", onnx, "--graph", svg).exitCode()).isZero();
        assertThat(svg).content().contains("response norm (GRN)");
    }

    @Test
    void describesAnyOnnxFile() throws IOException {
        Path onnx = folder.resolve("relu.onnx");
        Files.write(onnx, relu().toByteArray());
        Path dot = folder.resolve("relu.dot");
        CommandRun run = CommandRun.of("inspect", onnx, "--graph", dot);
        assertThat(run.err()).isEmpty();
        assertThat(run.out())
                .contains(
                        "relu.onnx: ONNX, 1 nodes",
                        "x  F32 [2, 3]",
                        "IR version 8, opset 17",
                        "no ConvNeXt",
                        "1  Relu");
        assertThat(dot).content().contains("n0 -> n1;");
        CommandRun picture = CommandRun.of("inspect", onnx, "--graph", folder.resolve("relu.svg"));
        assertThat(picture.exitCode()).isEqualTo(1);
        assertThat(picture.err()).contains("only these are drawn as SVG").hasLineCount(1);
    }

    @Test
    void saysOnceWhyAFileIsNotUnderstood() throws IOException {
        ModelProto.Builder model = relu().toBuilder();
        model.getGraphBuilder().getNodeBuilder(0).setOpType("MaxPool");
        CommandRun pool = inspect(model);
        assertThat(pool.out())
                .containsOnlyOnce("has an operator that ConvNeXts do not have")
                .contains("  work         not counted: node MaxPool#0 (MaxPool) cannot be computed here")
                .doesNotContain("not understood");
        model.getGraphBuilder().getNodeBuilder(0).setOpType("Relu");
        model.getOpsetImportBuilder(0).setVersion(9);
        CommandRun old = inspect(model);
        assertThat(old.out())
                .containsOnlyOnce("it uses version 9 of ONNX's operators")
                .contains("  work         not counted, for the same reason");
    }

    private CommandRun inspect(ModelProto.Builder model) throws IOException {
        Path file = folder.resolve("model.onnx");
        Files.write(file, model.build().toByteArray());
        CommandRun run = CommandRun.of("inspect", file);
        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        return run;
    }

    private static ModelProto relu() {
        TypeProto.Tensor type = TypeProto.Tensor.newBuilder()
                .setElemType(1)
                .setShape(TensorShapeProto.newBuilder()
                        .addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(2))
                        .addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(3)))
                .build();
        ValueInfoProto x = ValueInfoProto.newBuilder()
                .setName("x")
                .setType(TypeProto.newBuilder().setTensorType(type))
                .build();
        return ModelProto.newBuilder()
                .setIrVersion(8)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
                .setGraph(GraphProto.newBuilder()
                        .setName("g")
                        .addInput(x)
                        .addOutput(x.toBuilder().setName("y"))
                        .addNode(NodeProto.newBuilder()
                                .setOpType("Relu")
                                .addInput("x")
                                .addOutput("y")))
                .build();
    }

    @Test
    void optionsThatMakeNoSenseAreWrongUsage() {
        CommandRun ending = CommandRun.of("inspect", MODELS.resolve("v1"), "--graph", "picture.png");
        assertThat(ending.exitCode()).isEqualTo(2);
        assertThat(ending.err()).contains("--graph is picture.png, expected a file that ends in .svg or .dot");
        CommandRun size = CommandRun.of("inspect", MODELS.resolve("v1"), "--image-size", 0);
        assertThat(size.exitCode()).isEqualTo(2);
        assertThat(size.err()).contains("--image-size is 0, expected 1 to 65536");
    }
}
