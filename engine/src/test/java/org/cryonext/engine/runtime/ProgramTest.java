package org.cryonext.engine.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.LongStream;
import org.cryonext.engine.backend.reference.ReferenceBackend;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.graph.Value;
import org.cryonext.engine.op.Binary;
import org.cryonext.engine.op.BinaryFunction;
import org.cryonext.engine.op.Cast;
import org.cryonext.engine.op.ExponentialMovingAverage;
import org.cryonext.engine.op.Gather;
import org.cryonext.engine.op.Reshape;
import org.cryonext.engine.op.Where;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.engine.tensor.TensorType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ProgramTest {
    private static final TensorType SIX = TensorType.f32(2, 3);

    private final Graph graph = new Graph();
    private final ReferenceBackend backend = new ReferenceBackend();
    private final Variables variables = new Variables(backend);

    @AfterEach
    void close() {
        variables.close();
        backend.close();
    }

    private static Tensor six() {
        return Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
    }

    @Test
    void outputsMayBeInputsAndVariablesAndReshapesOfThem() {
        Value x = graph.input("x", SIX);
        Value v = graph.variable("v", SIX);
        graph.output("x", x);
        graph.output("again", x);
        graph.output("v", v);
        graph.output("flat x", graph.add(new Reshape(Shape.of(6)), x));
        Value flat = graph.add(new Reshape(Shape.of(6)), v);
        graph.output("flat v", flat);
        graph.output("tall v", graph.add(new Reshape(Shape.of(3, 2)), flat));
        variables.set("v", six());
        try (Program program = Program.compile(graph, variables)) {
            program.set("x", six());
            program.run();
            for (String name : graph.outputs().keySet()) {
                assertThat(program.get(name).toFloats()).as(name).containsExactly(1, 2, 3, 4, 5, 6);
            }
            assertThat(program.get("tall v").shape()).isEqualTo(Shape.of(3, 2));
            variables.set("v", Tensor.of(new float[6], 2, 3));
            program.run();
            assertThat(program.get("flat v").toFloats()).containsOnly(0);
            assertThat(program.get("flat x").toFloats()).containsExactly(1, 2, 3, 4, 5, 6);
        }
    }

    @Test
    void aReshapedVariableIsReadAndNeverOverwritten() {
        Value v = graph.variable("v", SIX);
        Value flat = graph.add(new Reshape(Shape.of(6)), v);
        graph.output("double", graph.add(new Binary(BinaryFunction.ADD), flat, flat));
        variables.set("v", six());
        try (Program program = Program.compile(graph, variables)) {
            program.run();
            program.run();
            assertThat(program.get("double").toFloats()).containsExactly(2, 4, 6, 8, 10, 12);
            assertThat(variables.get("v").toFloats()).containsExactly(1, 2, 3, 4, 5, 6);
        }
    }

    @Test
    void aReshapeOfAVariableIsReadBeforeItIsUpdated() {
        Value v = graph.variable("v", SIX);
        Value flat = graph.add(new Reshape(Shape.of(6)), v);
        graph.node(new ExponentialMovingAverage(0), "", List.of(v, graph.input("x", SIX)));
        graph.output("late", flat);
        assertThatThrownBy(() -> Program.compile(graph, variables))
                .hasMessageContaining("before it is read for the last time");
    }

    @Test
    void aVariableOfAnotherElementTypeIsNamed() {
        graph.output("v", graph.variable("v", SIX));
        variables.set("v", six().to(DType.F16));
        assertThatThrownBy(() -> Program.compile(graph, variables))
                .hasMessage("variable v is F16 [2, 3], but the graph reads F32 [2, 3]");
    }

    @Test
    void integersAndTruthValuesFlowThroughAGraph() {
        Value table = graph.variable("table", new TensorType(DType.I64, Shape.of(4)));
        Value at = graph.input("at", new TensorType(DType.I32, Shape.of(2, 3)));
        Value picked = graph.add(new Gather(0), table, at);
        Value truth = graph.add(new Cast(DType.BOOL), picked);
        Value minusOne = graph.variable("minus one", new TensorType(DType.I64, Shape.of()));
        graph.output("picked", picked);
        graph.output("truth", truth);
        graph.output("chosen", graph.add(new Where(), truth, picked, minusOne));
        graph.output("half", graph.add(new Binary(BinaryFunction.DIV), picked, graph.add(new Cast(DType.I64), truth)));
        long large = (1L << 53) - 1;
        variables.set("table", Tensor.of(new long[] {0, -7, large, 3}, 4));
        variables.set("minus one", Tensor.of(new long[] {-1}));
        try (Program program = Program.compile(graph, variables)) {
            program.set("at", Tensor.of(new int[] {0, 1, 2, 3, -1, -4}, 2, 3));
            program.run();
            assertThat(longs(program.get("picked"))).containsExactly(0, -7, large, 3, 3, 0);
            assertThat(program.get("truth").dtype()).isEqualTo(DType.BOOL);
            assertThat(longs(program.get("truth"))).containsExactly(0, 1, 1, 1, 1, 0);
            assertThat(longs(program.get("chosen"))).containsExactly(-1, -7, large, 3, 3, -1);
            assertThat(longs(program.get("half"))).containsExactly(0, -7, large, 3, 3, 0);
            program.set("at", Tensor.of(new int[] {0, 1, 2, 3, -5, 0}, 2, 3));
            assertThatThrownBy(program::run)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("index -5 at position 4");
        }
    }

    @Test
    void nothingAndScalarsAreTensorsToo() {
        Value empty = graph.input("empty", TensorType.f32(0, 3));
        Value scalar = graph.input("scalar", TensorType.f32());
        graph.output("empty", graph.add(new Binary(BinaryFunction.MUL), empty, scalar));
        graph.output("empty input", graph.add(new Reshape(Shape.of(3, 0)), empty));
        graph.output("scalar", graph.add(new Binary(BinaryFunction.MUL), scalar, scalar));
        try (Program program = Program.compile(graph, variables)) {
            program.set("empty", Tensor.of(new float[0], 0, 3));
            program.set("scalar", Tensor.of(new float[] {3}));
            program.run();
            assertThat(program.get("empty").shape()).isEqualTo(Shape.of(0, 3));
            assertThat(program.get("empty input").shape()).isEqualTo(Shape.of(3, 0));
            assertThat(program.get("scalar").toFloats()).containsExactly(9);
        }
    }

    private static long[] longs(Tensor tensor) {
        return LongStream.range(0, tensor.size()).map(tensor::getLong).toArray();
    }
}
