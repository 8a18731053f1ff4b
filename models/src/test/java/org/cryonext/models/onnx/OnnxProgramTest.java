package org.cryonext.models.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TypeProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.reference.ReferenceBackend;
import org.cryonext.engine.graph.Node;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.op.Binary;
import org.cryonext.engine.op.BinaryFunction;
import org.cryonext.engine.op.MatMul;
import org.cryonext.engine.op.Op;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a graph looks like once it is lowered. */
class OnnxProgramTest {
    @TempDir
    Path folder;

    private OnnxFile open(GraphProto.Builder graph) throws IOException {
        Path file = folder.resolve("model.onnx");
        Files.write(file, Onnx.model(graph).toByteArray());
        return OnnxFile.open(file);
    }

    private static List<Op> computed(OnnxProgram program) {
        return program.graph().nodes().stream()
                .filter(node -> !node.inputs().isEmpty())
                .map(Node::op)
                .toList();
    }

    private static AttributeProto perm(long... axes) {
        AttributeProto.Builder perm =
                AttributeProto.newBuilder().setName("perm").setType(AttributeType.INTS);
        for (long axis : axes) {
            perm.addInts(axis);
        }
        return perm.build();
    }

    @Test
    void weightsAreComputedInAdvanceAndKeepTheirNames() throws IOException {
        GraphProto.Builder graph = GraphProto.newBuilder()
                .addInput(Onnx.input("x", -1, 2))
                .addInitializer(Onnx.floats("w", new float[] {1, 2, 3, 4, 5, 6}, 3, 2))
                .addInitializer(Onnx.floats("b", new float[] {1, 2, 3}, 3))
                .addInitializer(Onnx.floats("unused", new float[] {1}, 1))
                .addNode(Onnx.node("Identity", "same", "b"))
                .addNode(Onnx.node("Transpose", "turned", "w").addAttribute(perm(1, 0)))
                .addNode(Onnx.node("MatMul", "product", "x", "turned").setName("/fc/MatMul"))
                .addNode(Onnx.node("Add", "once", "product", "same").setName("/fc/Add"))
                .addNode(Onnx.node("Add", "y", "once", "b"))
                .addNode(Onnx.node("Tanh", "nobody", "y"))
                .addOutput(Onnx.output("y"));
        try (OnnxFile file = open(graph)) {
            OnnxProgram program = OnnxProgram.of(file, Map.of("x", Shape.of(5, 2)), false);
            assertThat(computed(program))
                    .containsExactly(new MatMul(), new Binary(BinaryFunction.ADD), new Binary(BinaryFunction.ADD));
            assertThat(program.graph().nodes().stream()
                            .filter(node -> !node.inputs().isEmpty())
                            .map(Node::scope))
                    .containsExactly("/fc/MatMul", "/fc/Add", "Add#4");
            assertThat(program.constants().sequencedKeySet()).containsExactly("turned", "b");
            assertThat(program.constants().get("turned").toFloats()).containsExactly(1, 3, 5, 2, 4, 6);
            assertThat(program.constants().get("b").data().isMapped()).isTrue();
            assertThat(program.graph().output("y").shape()).isEqualTo(Shape.of(5, 3));
        }
    }

    @Test
    void shapeArithmeticVanishes() throws IOException {
        GraphProto.Builder graph = GraphProto.newBuilder()
                .addInput(Onnx.input("x", -1, 2, 3))
                .addInitializer(Onnx.longs("open", -1))
                .addInitializer(Onnx.tensor("zero", DataType.INT64).addInt64Data(0))
                .addInitializer(Onnx.longs("front", 0))
                .addNode(Onnx.node("Shape", "shape", "x"))
                .addNode(Onnx.node("Gather", "n", "shape", "zero"))
                .addNode(Onnx.node("Unsqueeze", "row", "n", "front"))
                .addNode(Onnx.node("Concat", "target", "row", "open").addAttribute(Onnx.integer("axis", 0)))
                .addNode(Onnx.node("Reshape", "flat", "x", "target"))
                .addNode(Onnx.node("Relu", "y", "flat"))
                .addOutput(Onnx.output("y"));
        try (OnnxFile file = open(graph)) {
            OnnxProgram program = OnnxProgram.of(file, Map.of("x", Shape.of(4, 2, 3)), false);
            assertThat(computed(program)).hasSize(2);
            assertThat(program.constants()).isEmpty();
            assertThat(program.graph().output("y").shape()).isEqualTo(Shape.of(4, 6));
        }
    }

    @Test
    void inputsThatDecideShapesBecomePartOfTheGraph() throws IOException {
        TypeProto longs = TypeProto.newBuilder()
                .setTensorType(TypeProto.Tensor.newBuilder().setElemType(DataType.INT64_VALUE))
                .build();
        GraphProto.Builder graph = GraphProto.newBuilder()
                .addInput(Onnx.input("x", 2, 3))
                .addInput(Onnx.input("target").toBuilder().setType(longs))
                .addNode(Onnx.node("Reshape", "flat", "x", "target"))
                .addNode(Onnx.node("Relu", "y", "flat"))
                .addOutput(Onnx.output("y"));
        try (OnnxFile file = open(graph);
                Backend backend = new ReferenceBackend()) {
            Map<String, Tensor> inputs = Map.of(
                    "x",
                    Tensor.of(new float[] {-1, 2, -3, 4, -5, 6}, 2, 3),
                    "target",
                    Tensor.of(new long[] {3, -1}, 2));
            OnnxProgram program = OnnxProgram.forInputs(file, inputs, false);
            assertThat(program.fixed()).containsOnlyKeys("target");
            assertThat(program.graph().inputs()).containsOnlyKeys("x");
            Tensor y = program.run(backend, inputs).get("y");
            assertThat(y.shape()).isEqualTo(Shape.of(3, 2));
            assertThat(y.toFloats()).containsExactly(0, 2, 0, 4, 0, 6);
        }
    }

    @Test
    void halvesAreWidenedOnRequest() throws IOException {
        GraphProto.Builder graph = GraphProto.newBuilder()
                .addInput(Onnx.input("x", 2))
                .addInitializer(Onnx.tensor("w", DataType.FLOAT16, 2).addAllInt32Data(List.of(0x3c01, 0x4000)))
                .addNode(Onnx.node("Cast", "half", "x").addAttribute(Onnx.integer("to", DataType.FLOAT16_VALUE)))
                .addNode(Onnx.node("Mul", "product", "half", "w"))
                .addNode(Onnx.node("Cast", "y", "product").addAttribute(Onnx.integer("to", DataType.FLOAT_VALUE)))
                .addOutput(Onnx.output("y"));
        try (OnnxFile file = open(graph);
                Backend backend = new ReferenceBackend()) {
            Map<String, Tensor> inputs = Map.of("x", Tensor.of(new float[] {1.00001f, 1 / 3f}, 2));
            OnnxProgram wide = OnnxProgram.of(file, Map.of("x", Shape.of(2)), true);
            assertThat(computed(wide)).containsExactly(new Binary(BinaryFunction.MUL));
            assertThat(wide.constants().get("w").dtype()).isEqualTo(DType.F32);
            float one = Float.float16ToFloat((short) 0x3c01);
            assertThat(wide.run(backend, inputs).get("y").toFloats()).containsExactly(1.00001f * one, 2 / 3f);
            OnnxProgram narrow = OnnxProgram.of(file, Map.of("x", Shape.of(2)), false);
            float third = Float.float16ToFloat(Float.floatToFloat16(1 / 3f));
            assertThat(narrow.run(backend, inputs).get("y").toFloats()).containsExactly(one, 2 * third);
        }
    }

    @Test
    void aWeightMayBeAnOutput() throws IOException {
        GraphProto.Builder graph = GraphProto.newBuilder()
                .addInput(Onnx.input("x", 1))
                .addInitializer(Onnx.floats("w", new float[] {1, 2}, 2))
                .addNode(Onnx.node("Identity", "y", "x"))
                .addOutput(Onnx.output("w"))
                .addOutput(Onnx.output("x"))
                .addOutput(Onnx.output("y"));
        try (OnnxFile file = open(graph);
                Backend backend = new ReferenceBackend()) {
            Map<String, Tensor> inputs = Map.of("x", Tensor.of(new float[] {7}, 1));
            Map<String, Tensor> outputs =
                    OnnxProgram.forInputs(file, inputs, false).run(backend, inputs);
            assertThat(outputs.keySet()).containsExactly("w", "x", "y");
            assertThat(outputs.get("w").toFloats()).containsExactly(1, 2);
            assertThat(outputs.get("y").toFloats()).containsExactly(7);
        }
    }

    @Test
    void anIndexThatIsComputedOutOfRangeIsASentence() throws IOException {
        TypeProto longs = TypeProto.newBuilder()
                .setTensorType(TypeProto.Tensor.newBuilder().setElemType(DataType.INT64_VALUE))
                .build();
        GraphProto.Builder graph = GraphProto.newBuilder()
                .addInput(Onnx.input("x", 2, 3))
                .addInput(Onnx.input("i").toBuilder().setType(longs))
                .addNode(Onnx.node("Relu", "positive", "x"))
                .addNode(Onnx.node("Gather", "y", "positive", "i").setName("/pick/Gather"))
                .addOutput(Onnx.output("y"));
        try (OnnxFile file = open(graph);
                Backend backend = new ReferenceBackend()) {
            Map<String, Tensor> inputs =
                    Map.of("x", Tensor.of(new float[6], 2, 3), "i", Tensor.of(new long[] {1, 2}, 2));
            OnnxProgram program = OnnxProgram.forInputs(file, inputs, false);
            assertThatThrownBy(() -> program.run(backend, inputs))
                    .isInstanceOf(InputException.class)
                    .hasMessage(file.file()
                            + ": node /pick/Gather cannot be computed on this input: Gather[axis=0]: index 2"
                            + " at position 1 of indices is outside of x, which is [2, 3]");
        }
    }
}
