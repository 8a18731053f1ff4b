package org.cryonext.tools.command;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.cryonext.engine.io.Safetensors;
import org.cryonext.engine.io.SafetensorsWriter;
import org.cryonext.engine.tensor.Tensor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RunCommandTest {
    @TempDir
    Path folder;

    private Path model;
    private Path input;
    private Path output;

    /** y = relu(a + b), a of [n, 2], b of [2]. */
    @BeforeEach
    void write() throws IOException {
        model = folder.resolve("model.onnx");
        input = folder.resolve("x.safetensors");
        output = folder.resolve("y.safetensors");
        Dimension two = Dimension.newBuilder().setDimValue(2).build();
        GraphProto graph = GraphProto.newBuilder()
                .addInput(port("a", Dimension.newBuilder().setDimParam("n").build(), two))
                .addInput(port("b", two))
                .addOutput(ValueInfoProto.newBuilder().setName("y"))
                .addNode(NodeProto.newBuilder()
                        .setOpType("Add")
                        .addInput("a")
                        .addInput("b")
                        .addOutput("sum"))
                .addNode(
                        NodeProto.newBuilder().setOpType("Relu").addInput("sum").addOutput("y"))
                .build();
        Files.write(
                model,
                ModelProto.newBuilder()
                        .setGraph(graph)
                        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
                        .build()
                        .toByteArray());
        inputs(Map.of("a", Tensor.of(new float[] {1, -5, 3, 4}, 2, 2), "b", Tensor.of(new float[] {10, -1}, 2)));
    }

    private static ValueInfoProto port(String name, Dimension... dims) {
        TypeProto.Tensor.Builder type = TypeProto.Tensor.newBuilder()
                .setElemType(TensorProto.DataType.FLOAT_VALUE)
                .setShape(TensorShapeProto.newBuilder().addAllDim(List.of(dims)));
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder().setTensorType(type))
                .build();
    }

    private void inputs(Map<String, Tensor> tensors) {
        SafetensorsWriter.write(input, tensors, Map.of());
    }

    private CommandRun run(Object... options) {
        Object[] args = new Object[6 + options.length];
        System.arraycopy(new Object[] {"run", model, "--input", input, "--output", output}, 0, args, 0, 6);
        System.arraycopy(options, 0, args, 6, options.length);
        return CommandRun.of(args);
    }

    @Test
    void writesTheOutputs() {
        CommandRun run = run();
        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .contains("input  a  F32 [2, 2]", "input  b  F32 [2]", "output y  F32 [2, 2]", "computed on reference");
        try (Safetensors file = Safetensors.open(output)) {
            assertThat(file.tensor("y").toFloats()).containsExactly(11, 0, 13, 3);
        }
    }

    @Test
    void theCpuNamesTheOperatorsItLacks() {
        CommandRun run = run("--device", "cpu");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err())
                .contains("--device cpu cannot run", "it lacks Binary, Unary", "use --device reference")
                .hasLineCount(1);
        assertThat(output).doesNotExist();
    }

    @Test
    void aMissingInputIsNamed() {
        inputs(Map.of("a", Tensor.of(new float[] {1, 2}, 1, 2)));
        CommandRun run = run();
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("has no tensor b", "takes as its input of type F32 [2]", "it has [a]");
    }

    @Test
    void anInputOfAnotherShapeIsRefused() {
        inputs(Map.of("a", Tensor.of(new float[] {1, 2, 3}, 1, 3), "b", Tensor.of(new float[] {10, -1}, 2)));
        CommandRun run = run("--device", "reference");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("input a was given as F32 [1, 3], expected F32 [n, 2]");
    }
}
