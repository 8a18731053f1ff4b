package org.cryonext.models.onnx;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TypeProto;
import com.google.protobuf.ByteString;
import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.reference.ReferenceBackend;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that are damaged or made to harm: one sentence each, and no more memory than the file's size justifies. */
class HostileOnnxTest {
    /** What reading and lowering a file of a few hundred bytes may allocate, objects of the messages included. */
    private static final long FEW_BYTES = 8 << 20;

    @TempDir
    Path folder;

    private Path write(byte[] bytes) throws IOException {
        Path file = folder.resolve("model.onnx");
        Files.write(file, bytes);
        return file;
    }

    /** Reads and lowers a file with an input x of [2, 3]. */
    private void lower(byte[] bytes) throws IOException {
        try (OnnxFile file = OnnxFile.open(write(bytes))) {
            Map<String, Tensor> inputs = new HashMap<>();
            file.inputs().forEach(port -> inputs.put(port.name(), Tensor.of(new float[6], 2, 3)));
            OnnxProgram.forInputs(file, inputs, false);
        }
    }

    private void assertRefused(ModelProto model, String... parts) {
        long before = allocated();
        assertThatThrownBy(() -> lower(model.toByteArray()))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith(folder.resolve("model.onnx").toString())
                .hasMessageContainingAll(parts);
        assertThat(allocated() - before).isLessThan(FEW_BYTES);
    }

    private void assertRefused(GraphProto.Builder graph, String... parts) {
        assertRefused(Onnx.model(graph), parts);
    }

    private static long allocated() {
        return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }

    /** y = an operator of x. */
    private static GraphProto.Builder graph(NodeProto.Builder... nodes) {
        GraphProto.Builder graph =
                GraphProto.newBuilder().addInput(Onnx.input("x", -1, 3)).addOutput(Onnx.output("y"));
        for (NodeProto.Builder node : nodes) {
            graph.addNode(node);
        }
        return graph;
    }

    private static GraphProto.Builder withWeight(TensorProto.Builder weight) {
        return graph(Onnx.node("Add", "y", "x", "w")).addInitializer(weight);
    }

    /** A model with a bit of everything: raw, typed and attribute tensors, several kinds of attributes, free extents. */
    private static ModelProto varied() {
        NodeProto.Builder constant = Onnx.node("Constant", "c")
                .addAttribute(AttributeProto.newBuilder()
                        .setName("value")
                        .setType(AttributeType.TENSOR)
                        .setT(Onnx.floats("", new float[] {1, 2, 3}, 3)));
        NodeProto.Builder softmax = Onnx.node("Softmax", "s", "d").addAttribute(Onnx.integer("axis", -1));
        return Onnx.model(graph(
                        constant,
                        Onnx.node("Add", "a", "x", "c").setName("/first/Add"),
                        Onnx.node("Reshape", "b", "a", "shape"),
                        Onnx.node("Mul", "d", "b", "w"),
                        softmax,
                        Onnx.node("Identity", "y", "s"))
                .addInitializer(Onnx.floats("w", new float[] {1, 2}, 2))
                .addInitializer(Onnx.longs("shape", -1, 2)));
    }

    @Test
    void theUndamagedModelIsFine() throws IOException {
        try (OnnxFile file = OnnxFile.open(write(varied().toByteArray()));
                Backend backend = new ReferenceBackend()) {
            assertThat(file.producer()).isEqualTo("hand");
            assertThat(file.initializers().get("w").data().isMapped()).isTrue();
            Map<String, Tensor> inputs = Map.of("x", Tensor.of(new float[6], 2, 3));
            OnnxProgram program = OnnxProgram.forInputs(file, inputs, false);
            assertThat(program.run(backend, inputs).get("y").shape().dims()).containsExactly(3L, 2L);
            assertThat(program.graph().nodes().stream().map(node -> node.scope()))
                    .contains("/first/Add", "Mul#3");
        }
    }

    @Test
    void everyTruncationIsASentence() throws IOException {
        byte[] whole = varied().toByteArray();
        int refused = 0;
        for (int length = 0; length < whole.length; length++) {
            long before = allocated();
            try {
                lower(Arrays.copyOf(whole, length));
            } catch (InputException e) {
                refused++;
                assertThat(e)
                        .hasMessageStartingWith(folder.resolve("model.onnx").toString());
            }
            assertThat(allocated() - before).isLessThan(FEW_BYTES);
        }
        // The opset comes last; without it, and with less, nothing can be read.
        assertThat(refused).isEqualTo(whole.length);
    }

    @Test
    void everyChangedByteIsFineOrASentence() throws IOException {
        byte[] whole = varied().toByteArray();
        Random random = new Random(5);
        int refused = 0;
        for (int i = 0; i < 800; i++) {
            byte[] damaged = whole.clone();
            for (int n = random.nextInt(1, 4); n > 0; n--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            long before = allocated();
            try {
                lower(damaged);
            } catch (InputException e) {
                refused++;
            }
            assertThat(allocated() - before).isLessThan(FEW_BYTES);
        }
        assertThat(refused).isBetween(200, 799);
    }

    @Test
    void randomBytesAreASentence() {
        Random random = new Random(6);
        for (int i = 0; i < 200; i++) {
            byte[] bytes = new byte[random.nextInt(200)];
            random.nextBytes(bytes);
            assertThatThrownBy(() -> lower(bytes)).isInstanceOf(InputException.class);
        }
    }

    @Test
    void otherFilesAreNamed() {
        assertThatThrownBy(() -> OnnxFile.open(folder)).hasMessageContaining("is a folder, an ONNX file was expected");
        assertThatThrownBy(() -> OnnxFile.open(folder.resolve("none"))).hasMessageContaining("no such file");
        assertThatThrownBy(() -> lower(new byte[0])).hasMessageContaining("it holds no graph");
        assertThatThrownBy(() -> lower("<html>".getBytes())).hasMessageContaining("is not a usable ONNX file");
    }

    @Test
    void sizesAreCheckedAgainstTheData() {
        assertRefused(withWeight(Onnx.floats("w", new float[1], 1L << 40)), "tensor w of F32 [1099511627776] needs");
        assertRefused(withWeight(Onnx.floats("w", new float[1], -1)), "tensor w has the shape [-1]");
        assertRefused(
                withWeight(Onnx.floats("w", new float[1], 1L << 40, 1L << 40)),
                "tensor w has the shape [1099511627776,");
        assertRefused(withWeight(Onnx.floats("w", new float[1], 1L << 61)), "whose product can be counted");
        assertRefused(
                withWeight(Onnx.tensor("w", DataType.FLOAT, 1L << 40)),
                "needs 1099511627776 numbers in float_data, but has 0");
        assertRefused(
                withWeight(Onnx.tensor("w", DataType.FLOAT, 2)
                        .addFloatData(1)
                        .addFloatData(2)
                        .addInt32Data(3)),
                "but has 2 there and 1 in other fields");
        assertRefused(withWeight(Onnx.floats("w", new float[3], 3).addFloatData(1)), "has its data twice");
        assertRefused(
                withWeight(Onnx.tensor("w", DataType.UINT8, 1).addInt32Data(256)),
                "holds the number 256, expected 0 to 255");
        assertRefused(
                withWeight(Onnx.tensor("w", DataType.FLOAT16, 1).addInt32Data(-1)),
                "holds the number -1, expected 0 to 65535");
        assertRefused(
                withWeight(Onnx.tensor("w", DataType.STRING, 1).addStringData(ByteString.EMPTY)),
                "has the element type STRING, expected one of FLOAT");
        assertRefused(
                withWeight(Onnx.floats("w", new float[1], 1).setDataType(99)), "has the element type type number 99");
        assertRefused(
                withWeight(Onnx.floats("w", new float[1], 1)
                        .setSegment(TensorProto.Segment.newBuilder().setBegin(1))),
                "is stored in segments");
    }

    @Test
    void namesStandForOneValue() {
        assertRefused(graph(Onnx.node("Relu", "y", "z")), "node Relu#0 (Relu) reads z, which no node computes");
        assertRefused(GraphProto.newBuilder().addOutput(Onnx.output("y")), "output y reads y, which no node computes");
        assertRefused(graph(Onnx.node("Relu", "x", "x")), "the value x of node Relu#0 (Relu) is also");
        assertRefused(
                graph(Onnx.node("Relu", "y", "x"), Onnx.node("Tanh", "y", "x")),
                "the value y of node Tanh#1 (Tanh) is also computed or given elsewhere");
        assertRefused(
                withWeight(Onnx.floats("w", new float[3], 3)).addInitializer(Onnx.floats("w", new float[3], 3)),
                "two initializers w");
        assertRefused(graph(Onnx.node("Relu", "y", "x")).addInput(Onnx.input("x", 1)), "two inputs x");
        assertRefused(graph(Onnx.node("Relu", "y", "x")).addOutput(Onnx.output("y")), "two outputs y");
        assertRefused(GraphProto.newBuilder().addInput(Onnx.input("x", 2, 3)), "its graph has no outputs");
        assertRefused(withWeight(Onnx.floats("", new float[3], 3)), "an initializer has no name");
    }

    @Test
    void cyclesAreFound() {
        assertRefused(
                graph(Onnx.node("Add", "y", "x", "z"), Onnx.node("Relu", "z", "y")),
                "node Relu#1 (Relu) reads y, which is computed from that node itself; the graph has a cycle");
        assertRefused(graph(Onnx.node("Relu", "y", "y")), "the graph has a cycle");
    }

    @Test
    void longChainsAreFine() throws IOException {
        GraphProto.Builder graph = graph();
        int count = 20_000;
        // In reverse, so that the order has to be found.
        for (int i = count; i > 0; i--) {
            graph.addNode(Onnx.node("Identity", i == count ? "y" : "v" + i, i == 1 ? "x" : "v" + (i - 1)));
        }
        lower(Onnx.model(graph).toByteArray());
    }

    @Test
    void whatIsNotKnownIsNamed() {
        assertRefused(graph(Onnx.node("Einsum", "y", "x")), "has the operator Einsum, which is not supported");
        assertRefused(graph(Onnx.node("Relu", "y", "x").setDomain("com.example")), "has the operator com.example.Relu");
        assertRefused(
                graph(Onnx.node("Relu", "y", "x").addAttribute(Onnx.integer("slope", 1))), "has the attribute slope");
        assertRefused(
                graph(Onnx.node("Softmax", "y", "x")
                        .addAttribute(AttributeProto.newBuilder()
                                .setName("axis")
                                .setType(AttributeType.FLOAT)
                                .setF(1))),
                "attribute axis of node Softmax#0 is of kind FLOAT, expected INT");
        assertRefused(
                graph(Onnx.node("Softmax", "y", "x")
                        .addAttribute(Onnx.integer("axis", 1))
                        .addAttribute(Onnx.integer("axis", 0))),
                "attribute axis of node Softmax#0 is given twice");
        assertRefused(graph(Onnx.node("Add", "y", "x")), "node Add#0 (Add) has 1 inputs, expected 2");
        assertRefused(graph(Onnx.node("Add", "y", "x", "")), "has 1 inputs, expected 2");
        assertRefused(graph(Onnx.node("Relu", "y", "x").addOutput("z")), "has 2 outputs, expected at most 1");
        ModelProto model = Onnx.model(graph(Onnx.node("Relu", "y", "x")));
        assertRefused(
                model.toBuilder()
                        .setOpsetImport(0, OperatorSetIdProto.newBuilder().setVersion(99))
                        .build(),
                "version 99 of ONNX's operators, expected 11 to 28");
        assertRefused(
                model.toBuilder()
                        .setOpsetImport(0, OperatorSetIdProto.newBuilder().setVersion(9))
                        .build(),
                "version 9 of ONNX's operators");
        assertRefused(model.toBuilder().clearOpsetImport().build(), "opset_import");
        assertRefused(
                model.toBuilder()
                        .addOpsetImport(OperatorSetIdProto.newBuilder()
                                .setDomain("ai.onnx")
                                .setVersion(18))
                        .build(),
                "two versions");
        assertRefused(
                model.toBuilder()
                        .addFunctions(FunctionProto.newBuilder().setName("Relu"))
                        .build(),
                "calls a function that the file defines");
        assertRefused(
                graph(Onnx.node("Relu", "y", "x"))
                        .setInput(
                                0,
                                Onnx.input("x").toBuilder()
                                        .setType(TypeProto.newBuilder()
                                                .setSequenceType(TypeProto.Sequence.newBuilder()))),
                "input x is not a dense tensor");
        assertRefused(graph(Onnx.node("Relu", "y", "x")).setInput(0, Onnx.input("x", 2, 4)), "input x was given as");
    }

    @Test
    void deepNestingIsASentence() throws IOException {
        // A sequence of sequences of ..., wrapped by hand: protobuf's own builders would overflow the stack.
        byte[] type = {};
        for (int i = 0; i < 3000; i++) {
            type = field(4, field(1, type));
        }
        byte[] input = concat(field(1, "deep".getBytes(UTF_8)), field(2, type));
        byte[] model = concat(Onnx.model(graph(Onnx.node("Relu", "y", "x"))).toByteArray(), field(7, field(11, input)));
        assertThatThrownBy(() -> lower(model))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("its fields are not those of an ONNX model");
    }

    private static byte[] field(int number, byte[] content) {
        ByteBuffer bytes = ByteBuffer.allocate(content.length + 6).put((byte) (number << 3 | 2));
        int rest = content.length;
        while (rest > 0x7f) {
            bytes.put((byte) (rest & 0x7f | 0x80));
            rest >>>= 7;
        }
        return Arrays.copyOf(bytes.put((byte) rest).put(content).array(), bytes.position());
    }

    private static byte[] concat(byte[] first, byte[] second) {
        return ByteBuffer.allocate(first.length + second.length)
                .put(first)
                .put(second)
                .array();
    }

    @Test
    void whatWouldFillTheMemoryIsRefusedOrLeftToThePlan() throws IOException {
        assertRefused(
                graph(Onnx.node("ConstantOfShape", "y", "w")).addInitializer(Onnx.longs("w", 1L << 30, 1L << 30)),
                "which no memory holds");
        assertRefused(
                graph(Onnx.node("ConstantOfShape", "y", "w")).addInitializer(Onnx.longs("w", 1L << 40, 1L << 40)),
                "node ConstantOfShape#0");
        assertRefused(
                graph(Onnx.node("ConstantOfShape", "y", "w")).addInitializer(Onnx.longs("w", -5)), "negative extent");
        TensorProto.Builder zero = Onnx.tensor("z", DataType.INT64).addInt64Data(0);
        TensorProto.Builder one = Onnx.tensor("o", DataType.INT64).addInt64Data(1);
        TensorProto.Builder many = Onnx.tensor("m", DataType.INT64).addInt64Data(1 << 30);
        assertRefused(
                graph(Onnx.node("Range", "y", "z", "m", "o"))
                        .addInitializer(zero)
                        .addInitializer(one)
                        .addInitializer(many),
                "makes 1073741824 values, more than a file of");
        // Gigabytes that only a run would need: the plan states it, and nothing is allocated.
        long before = allocated();
        byte[] large = Onnx.model(graph(Onnx.node("ConstantOfShape", "s", "w"), Onnx.node("Tanh", "y", "s"))
                        .addInitializer(Onnx.longs("w", 1 << 19, 1 << 10)))
                .toByteArray();
        try (OnnxFile file = OnnxFile.open(write(large));
                Backend backend = new ReferenceBackend()) {
            Map<String, Tensor> inputs = Map.of("x", Tensor.of(new float[6], 2, 3));
            OnnxProgram program = OnnxProgram.forInputs(file, inputs, false);
            assertThatThrownBy(() -> program.run(backend, inputs))
                    .hasMessageContaining("the graph needs 4097 MiB, but only");
        }
        assertThat(allocated() - before).isLessThan(FEW_BYTES);
    }

    @Test
    void chainsThatDoubleAreBounded() throws IOException {
        GraphProto.Builder graph = graph(Onnx.node("Concat", "v0", "w", "w").addAttribute(Onnx.integer("axis", 0)))
                .addInitializer(Onnx.floats("w", new float[64], 64));
        int count = 30;
        for (int i = 1; i <= count; i++) {
            String before = "v" + (i - 1);
            graph.addNode(Onnx.node("Concat", i == count ? "y" : "v" + i, before, before)
                    .addAttribute(Onnx.integer("axis", 0)));
        }
        long before = allocated();
        lower(Onnx.model(graph).toByteArray());
        assertThat(allocated() - before).isLessThan(FEW_BYTES);
    }

    @Test
    void workInAdvanceIsBounded() throws IOException {
        // Each product of these matrices takes 8 million operations.
        GraphProto.Builder products = graph().addInitializer(Onnx.floats("w", new float[160 * 160], 160, 160));
        // Each of these reads 65,536 elements to give one.
        GraphProto.Builder reads = graph().addInitializer(Onnx.floats("w", new float[1 << 16], 1 << 16))
                .addInitializer(Onnx.longs("i", 7));
        int count = 2000;
        for (int i = 1; i <= count; i++) {
            products.addNode(Onnx.node("MatMul", i == count ? "y" : "v" + i, i == 1 ? "w" : "v" + (i - 1), "w"));
            reads.addNode(Onnx.node("Gather", "v" + i, "w", "i"));
        }
        reads.addNode(Onnx.node(
                        "Concat",
                        "y",
                        IntStream.rangeClosed(1, count).mapToObj(i -> "v" + i).toArray(String[]::new))
                .addAttribute(Onnx.integer("axis", 0)));
        for (GraphProto.Builder graph : List.of(products, reads)) {
            try (OnnxFile file = OnnxFile.open(write(Onnx.model(graph).toByteArray()))) {
                OnnxProgram program = OnnxProgram.of(file, Map.of("x", Shape.of(2, 3)), false);
                assertThat(program.graph().nodes().stream()
                                .filter(node -> !node.inputs().isEmpty()))
                        .hasSizeBetween(500, count);
            }
        }
    }

    @Test
    void shapesThatDoNotFitNameTheNode() {
        assertRefused(withWeight(Onnx.floats("w", new float[5], 5)), "node Add#0 (Add) cannot be computed");
        assertRefused(
                graph(Onnx.node("Reshape", "y", "x", "w")).addInitializer(Onnx.longs("w", 4, -1)),
                "node Reshape#0 (Reshape) cannot make [4, -1] of [2, 3]");
        assertRefused(
                graph(Onnx.node("Reshape", "y", "x", "w")).addInitializer(Onnx.longs("w", 1L << 40, 1L << 40)),
                "node Reshape#0 (Reshape) cannot be computed: long overflow");
        assertRefused(
                graph(Onnx.node("Gather", "y", "x", "w")).addInitializer(Onnx.longs("w", 2)),
                "takes entry 2 of dimension 0 of [2, 3]");
        assertRefused(
                graph(Onnx.node("Pad", "y", "x", "w")).addInitializer(Onnx.longs("w", 0, Long.MAX_VALUE, 0, 9)),
                "node Pad#0 (Pad) cannot be computed");
        assertRefused(
                graph(Onnx.node("Softmax", "y", "x").addAttribute(Onnx.integer("axis", Long.MIN_VALUE))),
                "has the axis -9223372036854775808, expected -2 to 1 for 2 dimensions");
        assertRefused(
                graph(Onnx.node("Cast", "y", "x").addAttribute(Onnx.integer("to", 1L << 32 | 1))),
                "which is not supported");
    }

    @Test
    void valuesThatDecideShapesHaveToBeKnown() throws IOException {
        GraphProto.Builder graph = graph(
                Onnx.node("Cast", "s", "x").addAttribute(Onnx.integer("to", DataType.INT64_VALUE)),
                Onnx.node("Reshape", "y", "x", "s"));
        try (OnnxFile file = OnnxFile.open(write(Onnx.model(graph).toByteArray()))) {
            assertThatThrownBy(() -> OnnxProgram.of(file, Map.of("x", Shape.of(2, 3)), false))
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining(
                            "node Reshape#1 (Reshape) needs the values of its input shape before the run");
            assertThatThrownBy(() -> OnnxProgram.of(file, Map.of("x", Shape.of(1L << 61, 3)), false))
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining("input x has the shape [2305843009213693952, 3], which no memory holds");
            assertThatThrownBy(() -> OnnxProgram.of(file, Map.of("x", Shape.of(1L << 45, 3)), false))
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining("input x has the shape [35184372088832, 3], which no memory holds");
            assertThatThrownBy(() -> OnnxProgram.of(file, Map.of(), false))
                    .hasMessageContaining("input x of type F32 [n, 3] was not given");
            assertThatThrownBy(() -> OnnxProgram.of(file, Map.of("x", Shape.of(2, 3), "z", Shape.of()), false))
                    .hasMessageContaining("has no input z; its inputs are [x]");
        }
    }
}
