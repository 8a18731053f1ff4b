package org.cryonext.engine.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.cryonext.engine.backend.MemoryException;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.graph.Value;
import org.cryonext.engine.op.Add;
import org.cryonext.engine.op.Cast;
import org.cryonext.engine.op.DropPath;
import org.cryonext.engine.op.Dropout;
import org.cryonext.engine.op.Fill;
import org.cryonext.engine.op.Gelu;
import org.cryonext.engine.op.LayerNorm;
import org.cryonext.engine.op.Reshape;
import org.cryonext.engine.op.SoftmaxCrossEntropy;
import org.cryonext.engine.op.Unary;
import org.cryonext.engine.op.UnaryFunction;
import org.cryonext.engine.plan.Plan;
import org.cryonext.engine.runtime.Program;
import org.cryonext.engine.runtime.Variables;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.engine.tensor.TensorType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CudaBackendTest {
    private static CudaBackend backend;

    @BeforeAll
    static void open() {
        backend = SimulatedCuda.open(SimulatedCuda.Order.FORWARD);
    }

    @AfterAll
    static void close() {
        if (backend != null) {
            backend.close();
        }
    }

    @Test
    void refusesOtherElementTypes() {
        Graph graph = new Graph();
        Value x = graph.input("x", new TensorType(DType.F64, Shape.of(3)));
        graph.output("y", graph.add(new Add(), x, x));
        assertThatThrownBy(() -> Plan.of(graph, backend))
                .hasMessageContaining("F64 [3] is none of F32, F16, BF16 and I32")
                .hasMessageContaining("reference backend");
    }

    @Test
    void refusesPrimitivesByName() {
        Graph graph = new Graph();
        graph.output("y", graph.add(new Unary(UnaryFunction.SQRT), graph.input("x", TensorType.f32(3))));
        assertThatThrownBy(() -> Plan.of(graph, backend))
                .hasMessageContaining("cuda cannot run")
                .hasMessageContaining("SQRT")
                .hasMessageContaining("the reference backend computes it");
    }

    @Test
    void refusesVectorsOfShortTypes() {
        Graph graph = new Graph();
        TensorType vector = new TensorType(DType.F16, Shape.of(8));
        Value x = graph.input("x", new TensorType(DType.F16, Shape.of(2, 8)));
        graph.output("y", graph.add(new LayerNorm(1e-6), x, graph.input("w", vector), graph.input("b", vector)));
        assertThatThrownBy(() -> Plan.of(graph, backend)).hasMessageContaining("weight is F16 [8], expected F32");
    }

    @Test
    void saysHowMuchMemoryIsMissing() {
        long free = backend.availableBytes();
        assertThatThrownBy(() -> backend.allocate(2 * free)).isInstanceOf(MemoryException.class);
        try (var slab = backend.allocate(1 << 20)) {
            assertThat(slab.bytes()).isEqualTo(1 << 20);
        }
    }

    /** The plan says so before anything is allocated or launched. */
    @Test
    void aPlanThatDoesNotFitIsNotBegun() {
        Graph graph = new Graph();
        long elements = backend.availableBytes() / 4;
        Value x = graph.input("x", TensorType.f32(elements));
        graph.output("y", graph.add(new Add(), x, x));
        try (Variables variables = new Variables(backend)) {
            assertThatThrownBy(() -> Program.compile(graph, variables))
                    .isInstanceOf(MemoryException.class)
                    .hasMessageContaining("the plan needs");
        }
    }

    @Test
    void keepsIntegersExactly() {
        try (var slab = backend.allocate(256)) {
            TensorType type = new TensorType(DType.I32, Shape.of(4));
            var block = backend.block(slab, 0, type);
            int[] values = {0, -1, Integer.MIN_VALUE, 0x7f800001};
            backend.upload(Tensor.of(values, 4), block, 0);
            Tensor back = Tensor.zeros(type);
            backend.download(block, back);
            for (int i = 0; i < 4; i++) {
                assertThat((int) back.get(i)).isEqualTo(values[i]);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "F16", "BF16"})
    void convertsOnTheWay(DType dtype) {
        try (var slab = backend.allocate(1024)) {
            var block = backend.block(slab, 0, new TensorType(dtype, Shape.of(6)));
            backend.upload(Tensor.of(new double[] {1, 2, 3, 4}, 4), block, 0);
            backend.upload(Tensor.of(new float[] {-0.1f, 1e-3f}, 2), block, 4);
            Tensor back = Tensor.zeros(new TensorType(DType.F64, Shape.of(6)));
            backend.download(block, back);
            assertThat(back.toDoubles()).containsExactly(1, 2, 3, 4, dtype.round(-0.1f), dtype.round(1e-3f));
        }
    }

    /** Every pair of types, with counts around those that a thread takes. */
    @Test
    void castsAsTheHostRounds() {
        float[] values = new float[1000 * 8 + 3];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) Math.sinh((i - 4000) * 0.004);
        }
        DType[] types = {DType.F32, DType.F16, DType.BF16};
        for (DType from : types) {
            for (DType to : types) {
                Graph graph = new Graph();
                Value x = graph.input("x", new TensorType(from, Shape.of(values.length)));
                graph.output("y", graph.add(new Cast(to), x));
                try (Variables variables = new Variables(backend);
                        Program program = Program.compile(graph, variables)) {
                    program.set("x", Tensor.of(values, values.length));
                    program.run();
                    Tensor expected = Tensor.of(values, values.length).to(from).to(to);
                    assertThat(program.get("y").toFloats())
                            .as("%s to %s", from, to)
                            .isEqualTo(expected.toFloats());
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "F16", "BF16"})
    void fillsAndDrops(DType dtype) {
        Graph graph = new Graph();
        TensorType type = new TensorType(dtype, Shape.of(37));
        Value seed = graph.input("seed", new TensorType(DType.I32, Shape.of(2)));
        graph.output("fill", graph.add(new Fill(type, 0.75)));
        graph.output("keep", graph.add(new DropPath(0.5, 3, type), seed));
        try (Variables variables = new Variables(backend);
                Program program = Program.compile(graph, variables)) {
            program.set("seed", Tensor.of(new int[] {5, -6}, 2));
            program.run();
            assertThat(program.get("fill").toFloats()).hasSize(37).containsOnly(0.75f);
            assertThat(program.get("keep").toFloats()).containsOnly(0, 2);
        }
    }

    /** The recorded launches read what the inputs hold now. */
    @Test
    void runsAgainWithOtherInputs() {
        Graph graph = new Graph();
        Value x = graph.input("x", TensorType.f32(2, 3));
        Value seed = graph.input("seed", new TensorType(DType.I32, Shape.of(2)));
        Value y = graph.add(new Gelu(false), graph.add(new Reshape(Shape.of(6)), x));
        graph.output("y", y);
        graph.output("z", graph.add(new Dropout(0.5, 1), graph.add(new Add(), y, y), seed));
        try (Variables variables = new Variables(backend);
                Program program = Program.compile(graph, variables)) {
            program.set("seed", Tensor.of(new int[] {1, 2}, 2));
            for (float value : new float[] {10, 20, 30}) {
                float[] values = {value, value, value, value, value, value};
                program.set("x", Tensor.of(values, 2, 3));
                program.run();
                assertThat(program.get("y").toFloats()).containsOnly(value);
                assertThat(program.get("z").toFloats()).contains(4 * value);
            }
        }
    }

    /** The card cannot stop a step in its middle, so the loss tells. */
    @Test
    void aLabelThatIsNoClassMakesTheLossNotANumber() {
        Graph graph = new Graph();
        Value logits = graph.input("logits", TensorType.f32(2, 3));
        Value labels = graph.input("labels", new TensorType(DType.I32, Shape.of(2)));
        graph.output("loss", graph.add(new SoftmaxCrossEntropy(0), logits, labels));
        try (Variables variables = new Variables(backend);
                Program program = Program.compile(graph, variables)) {
            program.set("labels", Tensor.of(new int[] {1, 3}, 2));
            program.run();
            assertThat(program.get("loss").get(0)).isNaN();
            program.set("labels", Tensor.of(new int[] {1, 2}, 2));
            program.run();
            assertThat(program.get("loss").get(0)).isEqualTo((float) Math.log(3));
        }
    }
}
