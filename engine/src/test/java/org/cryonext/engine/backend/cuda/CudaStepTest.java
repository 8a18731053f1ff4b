package org.cryonext.engine.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import jcuda.driver.CUresult;
import org.cryonext.engine.backend.DeviceLostException;
import org.cryonext.engine.backend.Outlet;
import org.cryonext.engine.backend.Precision;
import org.cryonext.engine.backend.cuda.driver.CudaDriver;
import org.cryonext.engine.backend.cuda.image.KernelImages;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.graph.Value;
import org.cryonext.engine.op.Gelu;
import org.cryonext.engine.op.Linear;
import org.cryonext.engine.op.SoftmaxCrossEntropy;
import org.cryonext.engine.optim.AdamWSettings;
import org.cryonext.engine.optim.Optimizer;
import org.cryonext.engine.optim.ParameterGroup;
import org.cryonext.engine.pass.DeadNodes;
import org.cryonext.engine.runtime.Program;
import org.cryonext.engine.runtime.Variables;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.engine.tensor.TensorType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A training step as a whole: its launches, its copies beside a run under way, and how often the host waits. */
class CudaStepTest {
    private static final List<String> WAITS = List.of(
            "cuStreamSynchronize", "cuEventSynchronize", "cuCtxSynchronize", "cuMemcpyDtoH_v2", "cuMemcpyHtoD_v2");

    private SimulatedGpu gpu;

    @BeforeEach
    void open() {
        gpu = SimulatedGpu.loadWithKernels();
    }

    private static CudaBackend backend() {
        CudaDriver driver = CudaDriver.load();
        return new CudaBackend(driver.device(0), KernelImages.of(driver, Optional.empty()), Precision.F32);
    }

    /** A network of two layers and five parameters, of which one has more than one part of the table. */
    private static Graph training(Optimizer optimizer) {
        Graph graph = new Graph();
        Value x = graph.input("x", TensorType.f32(4, 70));
        Value h = graph.add(
                new Gelu(false),
                graph.add(
                        new Linear(),
                        x,
                        graph.variable("first", TensorType.f32(96, 70)),
                        graph.variable("first.bias", TensorType.f32(96))));
        Value logits = graph.add(
                new Linear(),
                h,
                graph.variable("second", TensorType.f32(3, 96)),
                graph.variable("second.bias", TensorType.f32(3)));
        Value labels = graph.input("labels", new TensorType(DType.I32, Shape.of(4)));
        Value loss = graph.add(new SoftmaxCrossEntropy(0), logits, labels);
        graph.output("loss", loss);
        graph.output("logits", logits);
        optimizer.add(graph, loss);
        return DeadNodes.remove(graph);
    }

    private static Optimizer optimizer(double average) {
        AdamWSettings usual = AdamWSettings.defaults();
        return new Optimizer(
                List.of(
                        new ParameterGroup("matrices", List.of("first", "second"), 0.1),
                        new ParameterGroup("vectors", List.of("first.bias", "second.bias"), 0)),
                new AdamWSettings(usual.beta1(), usual.beta2(), usual.epsilon(), 0, average, true));
    }

    private static void fill(Variables variables, List<String> names) {
        for (String name : names) {
            variables.set(name, numbers(variables.type(name).shape(), name.hashCode()));
        }
    }

    private static Tensor numbers(Shape shape, int seed) {
        float[] values = new float[Math.toIntExact(shape.size())];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) Math.sin(seed + 0.7 * i) * 0.2f;
        }
        return Tensor.of(values, shape.toArray());
    }

    /** All parameters in one launch, with the bits that a launch each gives; the averages in another. */
    @Test
    void updatesAllParametersInOneLaunch() {
        Map<String, List<Float>> one = trained(false);
        assertThat(gpu.counters().get("adam_w").launches()).isEqualTo(2);
        assertThat(gpu.counters().get("moving_average").launches()).isEqualTo(2);
        gpu.reset();
        Map<String, List<Float>> each = trained(true);
        assertThat(gpu.counters().get("adam_w").launches()).isEqualTo(8);
        assertThat(gpu.counters().get("moving_average").launches()).isEqualTo(8);
        assertThat(one).isEqualTo(each);
    }

    /** Two steps' variables. */
    private static Map<String, List<Float>> trained(boolean nodeByNode) {
        Optimizer optimizer = optimizer(0.9);
        Map<String, List<Float>> all = new TreeMap<>();
        try (CudaBackend backend = backend();
                Variables variables = new Variables(backend)) {
            Graph graph = training(optimizer);
            graph.variables().forEach((name, value) -> variables.create(name, value.type()));
            fill(variables, optimizer.parameters());
            optimizer.begin(variables);
            try (Program program = Program.compile(graph, variables)) {
                program.set("labels", Tensor.of(new int[] {0, 1, 2, 1}, 4));
                for (int step = 0; step < 2; step++) {
                    program.set("x", numbers(Shape.of(4, 70), step));
                    optimizer.next(program, Map.of("matrices", 1e-2, "vectors", 2e-2));
                    if (nodeByNode) {
                        program.run(node -> {});
                    } else {
                        program.run();
                    }
                }
                for (String name : variables.names()) {
                    List<Float> values = new ArrayList<>();
                    for (float value : variables.get(name).toFloats()) {
                        values.add(value);
                    }
                    all.put(name, values);
                }
            }
        }
        return all;
    }

    /**
     * What is set while a step runs is read by the next one and not by the one under way, in whatever order two streams that do
     * not wait for each other run.
     */
    @ParameterizedTest
    @ValueSource(strings = {"eager", "lazy"})
    void stagesABatchWhileAStepRuns(String streams) {
        gpu.set("streams", streams);
        Graph graph = new Graph();
        Value x = graph.input("x", new TensorType(DType.F16, Shape.of(3, 8)));
        graph.output("y", graph.add(new Gelu(false), x));
        try (CudaBackend backend = backend();
                Variables variables = new Variables(backend);
                Program program = Program.compile(graph, variables)) {
            Outlet outlet = program.outlet("y");
            program.set("x", constant(10));
            for (int step = 1; step <= 5; step++) {
                program.run();
                outlet.begin();
                program.set("x", constant(10 * (step + 1)));
                assertThat(outlet.await().getFirst().toFloats()).containsOnly(10 * step);
            }
        }
    }

    private static Tensor constant(float value) {
        float[] values = new float[24];
        Arrays.fill(values, value);
        return Tensor.of(values, 3, 8);
    }

    /** Rows of a batch, one after the other, in any order, twice the same. */
    @ParameterizedTest
    @ValueSource(strings = {"eager", "lazy"})
    void stagesRowsWhileAStepRuns(String streams) {
        gpu.set("streams", streams);
        Graph graph = new Graph();
        Value x = graph.input("x", TensorType.f32(3, 8));
        graph.output("y", graph.add(new Gelu(false), x));
        try (CudaBackend backend = backend();
                Variables variables = new Variables(backend);
                Program program = Program.compile(graph, variables)) {
            Outlet outlet = program.outlet("y");
            program.set("x", constant(20));
            program.run();
            outlet.begin();
            for (int row : new int[] {2, 0, 1, 0}) {
                float[] values = new float[8];
                Arrays.fill(values, 30 + row);
                program.setRows("x", row, Tensor.of(values, 1, 8));
            }
            assertThat(outlet.await().getFirst().toFloats()).containsOnly(20);
            program.run();
            outlet.begin();
            assertThat(outlet.await().getFirst().toFloats())
                    .containsOnly(30, 31, 32)
                    .contains(30, 31, 32);
        }
    }

    /**
     * Rows that follow one another travel as one piece, those that do not as few: the last row lets go what is there, a row that
     * is no neighbour those before it, and a run the rest.
     */
    @ParameterizedTest
    @CsvSource({
        "0 1 2 3 4 5 6 7, 1",
        "3 4 5 6 7, 1",
        "0 1 2 3, 1",
        "3 2 1 0, 1",
        "0 1 4 5, 2",
        "7 0 1 0 2, 2",
        "2 3 2 3, 1"
    })
    void rowsTravelTogether(String order, long pieces) {
        Graph graph = new Graph();
        Value x = graph.input("x", TensorType.f32(8, 8));
        graph.output("y", graph.add(new Gelu(false), x));
        try (CudaBackend backend = backend();
                Variables variables = new Variables(backend);
                Program program = Program.compile(graph, variables)) {
            float[] expected = new float[8];
            for (int round = 1; round <= 3; round++) {
                long up = gpu.calls().getOrDefault("cuMemcpyHtoDAsync_v2", 0L);
                long within = gpu.calls().getOrDefault("cuMemcpyDtoDAsync_v2", 0L);
                int at = 0;
                for (String word : order.split(" ")) {
                    int row = Integer.parseInt(word);
                    expected[row] = 1000 * round + 20 + at++;
                    float[] values = new float[8];
                    Arrays.fill(values, expected[row]);
                    program.setRows("x", row, Tensor.of(values, 1, 8));
                }
                program.run();
                assertThat(gpu.calls().get("cuMemcpyHtoDAsync_v2") - up).isEqualTo(pieces);
                assertThat(gpu.calls().get("cuMemcpyDtoDAsync_v2") - within).isEqualTo(pieces);
                float[] all = program.get("y").toFloats();
                for (int row = 0; row < 8; row++) {
                    assertThat(Arrays.copyOfRange(all, 8 * row, 8 * row + 8)).containsOnly(expected[row]);
                }
            }
        }
    }

    /**
     * A step of training as the trainer does it: images are set beside the run before, and results are waited for once. Copies
     * are done when a card has nothing else to do, as with eager streams.
     */
    @Test
    void theHostWaitsOnceAStep() {
        Optimizer optimizer = optimizer(0);
        try (CudaBackend backend = backend();
                Variables variables = new Variables(backend)) {
            Graph graph = training(optimizer);
            optimizer.begin(variables);
            try (Program program = Program.compile(graph, variables)) {
                fill(variables, optimizer.parameters());
                Outlet outlet =
                        program.outlet("loss", "logits", optimizer.factor().orElseThrow());
                program.set("x", numbers(Shape.of(4, 70), 0));
                List<Long> waits = new ArrayList<>();
                for (int step = 1; step <= 4; step++) {
                    long before = waits();
                    program.set("labels", Tensor.of(new int[] {0, 1, 2, 1}, 4));
                    optimizer.next(program, Map.of("matrices", 1e-2, "vectors", 1e-2));
                    program.run();
                    outlet.begin();
                    program.set("x", numbers(Shape.of(4, 70), step));
                    List<Tensor> results = outlet.await();
                    assertThat(optimizer.made(results.get(2))).isTrue();
                    assertThat(results.getFirst().get(0)).isFinite();
                    waits.add(waits() - before);
                }
                // The first step records the graph; from the second on copies find their memory free.
                assertThat(waits.subList(1, 4)).containsOnly(1L);
            }
        }
    }

    @Test
    void whatBelongsToAProgramIsGivenBackOnALostCardToo() {
        Graph graph = new Graph();
        graph.output("y", graph.add(new Gelu(false), graph.input("x", TensorType.f32(3, 8))));
        try (CudaBackend backend = backend();
                Variables variables = new Variables(backend)) {
            Program program = Program.compile(graph, variables);
            Outlet outlet = program.outlet("y");
            program.set("x", constant(20));
            program.run();
            outlet.begin();
            outlet.await();
            gpu.lose("cuGraphLaunch", CUresult.CUDA_ERROR_LAUNCH_FAILED, 0);
            assertThatThrownBy(program::run).isInstanceOf(DeviceLostException.class);
            assertThatCode(program::close).doesNotThrowAnyException();
        }
    }

    /** Of an inlet, and of an outlet. */
    @Test
    void whatWasMadeIsGivenBackWhereTheRestCannotBeMade() {
        Graph graph = new Graph();
        graph.output("y", graph.add(new Gelu(false), graph.input("x", TensorType.f32(3, 8))));
        try (CudaBackend backend = backend();
                Variables variables = new Variables(backend)) {
            // Kernels are loaded once, for good.
            Program.compile(graph, variables).close();
            backend.synchronize();
            String before = gpu.holdings();
            gpu.fail("cuEventCreate", CUresult.CUDA_ERROR_INVALID_VALUE, 1);
            assertThatThrownBy(() -> Program.compile(graph, variables)).hasMessageContaining("cuEventCreate failed");
            backend.synchronize();
            assertThat(gpu.holdings()).isEqualTo(before);
            try (Program program = Program.compile(graph, variables)) {
                String compiled = gpu.holdings();
                gpu.fail("cuEventCreate", CUresult.CUDA_ERROR_INVALID_VALUE, 0);
                assertThatThrownBy(() -> program.outlet("y")).hasMessageContaining("cuEventCreate failed");
                assertThat(gpu.holdings()).isEqualTo(compiled);
            }
        }
    }

    private long waits() {
        Map<String, Long> calls = gpu.calls();
        return WAITS.stream().mapToLong(call -> calls.getOrDefault(call, 0L)).sum();
    }
}
