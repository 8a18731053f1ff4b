package org.cryonext.engine.golden;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.cryonext.engine.backend.reference.ReferenceBackend;
import org.cryonext.engine.cases.OpCases;
import org.cryonext.engine.grad.Gradients;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.graph.Node;
import org.cryonext.engine.graph.Value;
import org.cryonext.engine.io.Safetensors;
import org.cryonext.engine.op.Activation;
import org.cryonext.engine.op.AdamW;
import org.cryonext.engine.op.Add;
import org.cryonext.engine.op.ClipGradientNorm;
import org.cryonext.engine.op.DepthwiseConv;
import org.cryonext.engine.op.DepthwiseNorm;
import org.cryonext.engine.op.DropPath;
import org.cryonext.engine.op.Dropout;
import org.cryonext.engine.op.ExponentialMovingAverage;
import org.cryonext.engine.op.Gelu;
import org.cryonext.engine.op.GlobalAveragePool;
import org.cryonext.engine.op.Grn;
import org.cryonext.engine.op.LayerNorm;
import org.cryonext.engine.op.Linear;
import org.cryonext.engine.op.Mlp;
import org.cryonext.engine.op.Op;
import org.cryonext.engine.op.PatchConv;
import org.cryonext.engine.op.Reshape;
import org.cryonext.engine.op.Residual;
import org.cryonext.engine.op.SoftmaxCrossEntropy;
import org.cryonext.engine.op.UnscaleGradients;
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
import org.junit.jupiter.params.provider.MethodSource;

/** The reference backend, in double, against PyTorch's values (tools/python/op_goldens.py made them). */
class OpGoldenTest {
    private static final Path FILE = Path.of("src/test/resources/golden/ops.safetensors");
    private static final double TOLERANCE = 1e-12;

    private static final Path PRIMITIVES = Path.of("src/test/resources/golden/primitives.safetensors");

    /** What is tested here by itself, and the golden that it is tested with. */
    private static final Map<Class<? extends Op>, String> BY_ITSELF = Map.of(
            AdamW.class, "adamw.param3",
            ClipGradientNorm.class, "clip_0.5.norm",
            ExponentialMovingAverage.class, "ema.average3",
            UnscaleGradients.class, "unscale.scale3",
            DropPath.class, "drop_path.output");

    /** What PyTorch has not: pairs of operators that became one, which are compared with the two. */
    private static final Set<Class<? extends Op>> NOT_OF_PYTORCH = Set.of(Mlp.class, DepthwiseNorm.class);

    private static Safetensors golden;

    @BeforeAll
    static void open() {
        golden = Safetensors.open(FILE);
    }

    @AfterAll
    static void close() {
        golden.close();
    }

    static Stream<String> operators() {
        try (Safetensors file = Safetensors.open(FILE)) {
            Set<String> names = new LinkedHashSet<>();
            for (String name : file.types().keySet()) {
                if (name.endsWith(".grad_output")) {
                    names.add(name.substring(0, name.lastIndexOf('.')));
                }
            }
            return List.copyOf(names).stream();
        }
    }

    private static double attribute(String name, String key) {
        return Double.parseDouble(golden.metadata().get(name + "." + key));
    }

    private static Op op(String name) {
        if (name.startsWith("linear_gelu")) {
            return new Linear(name.endsWith("tanh") ? Activation.GELU_TANH : Activation.GELU);
        } else if (name.startsWith("linear")) {
            return new Linear();
        } else if (name.startsWith("gelu")) {
            return new Gelu(name.endsWith("tanh"));
        } else if (name.startsWith("depthwise")) {
            return new DepthwiseConv(
                    (int) golden.types().get(name + ".weight").shape().dim(0));
        } else if (name.startsWith("patch")) {
            return new PatchConv(
                    (int) golden.types().get(name + ".weight").shape().dim(1));
        } else if (name.startsWith("layer_norm")) {
            return new LayerNorm(attribute(name, "epsilon"));
        } else if (name.startsWith("grn")) {
            return new Grn(attribute(name, "epsilon"));
        } else if (name.startsWith("residual")) {
            return new Residual();
        } else if (name.startsWith("global_average_pool")) {
            return new GlobalAveragePool();
        } else if (name.startsWith("cross_entropy")) {
            return new SoftmaxCrossEntropy(attribute(name, "label_smoothing"));
        } else if (name.startsWith("dropout")) {
            return new Dropout(attribute(name, "p"), (int) attribute(name, "stream"));
        } else if (name.equals("add")) {
            return new Add();
        }
        throw new IllegalArgumentException("no operator for the golden case " + name);
    }

    /**
     * The graph of a case.
     *
     * @param values of its inputs, but for the direction, which is the gradient that flows back into the output
     * @param targets inputs that it is differentiated by; the gradients are the outputs {@code grad.<input>}
     */
    private record Case(Graph graph, Map<String, Tensor> values, List<Value> targets) {}

    private static Case differentiated(String name) {
        Op op = op(name);
        Graph graph = new Graph();
        List<Value> inputs = new ArrayList<>();
        List<Value> targets = new ArrayList<>();
        Map<String, Tensor> values = new LinkedHashMap<>();
        for (int i = 0; i < op.slots().names().size(); i++) {
            String slot = op.slots().name(i);
            String stored = name + "." + (slot.equals("weights") ? "class_weights" : slot);
            if (!golden.types().containsKey(stored)) {
                inputs.add(null);
                continue;
            }
            Tensor tensor = golden.tensor(stored);
            DType dtype = tensor.dtype() == DType.I64 ? DType.I32 : DType.F64;
            Value input = graph.input(slot, new TensorType(dtype, tensor.shape()));
            inputs.add(input);
            values.put(slot, tensor);
            if (golden.types().containsKey(name + ".grad." + slot) && !slot.equals("keep")) {
                targets.add(input);
            }
        }
        Value y = graph.node(op, "", inputs).output(0);
        graph.output("y", y);
        // The loss whose gradient by the output is grad_output.
        Value flat = graph.add(new Reshape(Shape.of(1, y.shape().size())), y);
        Value direction = graph.input("direction", flat.type());
        Value loss = graph.add(new Reshape(Shape.of(1)), graph.add(new Linear(), flat, direction));
        Map<Value, Value> gradients = Gradients.add(graph, loss, targets);
        targets.forEach(t -> graph.output("grad." + slot(t), gradients.get(t)));
        return new Case(graph, values, targets);
    }

    @ParameterizedTest
    @MethodSource("operators")
    void operatorAndGradientsAreThoseOfPyTorch(String name) {
        Case c = differentiated(name);
        try (ReferenceBackend backend = new ReferenceBackend();
                Variables variables = new Variables(backend);
                Program program = Program.compile(c.graph(), variables)) {
            c.values().forEach(program::set);
            Tensor direction = golden.tensor(name + ".grad_output");
            program.set("direction", direction.reshape(1, direction.size()));
            program.run();
            close(program.get("y"), golden.tensor(name + ".output"), name);
            for (Value target : c.targets()) {
                String key = "grad." + slot(target);
                close(program.get(key), golden.tensor(name + "." + key), name + "." + key);
            }
        }
        assertThat(c.targets()).as("%s is differentiated", name).isNotEmpty();
    }

    private static String slot(Value input) {
        return ((org.cryonext.engine.op.Input) input.node().op()).name();
    }

    private static void close(Tensor actual, Tensor expected, String what) {
        double largest = 0;
        double difference = 0;
        for (long i = 0; i < expected.size(); i++) {
            largest = Math.max(largest, Math.abs(expected.get(i)));
            difference = Math.max(difference, Math.abs(expected.get(i) - actual.get(i)));
        }
        assertThat(difference).as(what).isLessThanOrEqualTo(TOLERANCE * Math.max(largest, 1e-300));
    }

    @Test
    void adamWIsThatOfPyTorch() {
        double lr = attribute("adamw", "lr");
        double decay = attribute("adamw", "weight_decay");
        TensorType type =
                new TensorType(DType.F64, golden.types().get("adamw.param0").shape());
        Graph graph = new Graph();
        Value hyper = graph.input("hyper", new TensorType(DType.F64, Shape.of(3)));
        graph.add(
                new AdamW(0.9, 0.999, 1e-8),
                graph.variable("parameter", type),
                graph.input("gradient", type),
                graph.variable("m", type),
                graph.variable("v", type),
                hyper);
        try (ReferenceBackend backend = new ReferenceBackend();
                Variables variables = new Variables(backend);
                Program program = Program.compile(graph, variables)) {
            variables.set("parameter", golden.tensor("adamw.param0"));
            for (int t = 1; t <= 3; t++) {
                double[] step = {1 - lr * decay, lr / (1 - Math.pow(0.9, t)), Math.sqrt(1 - Math.pow(0.999, t))};
                program.set("hyper", Tensor.of(step, 3));
                program.set("gradient", golden.tensor("adamw.grad" + t));
                program.run();
                close(variables.get("parameter"), golden.tensor("adamw.param" + t), "parameter " + t);
                close(variables.get("m"), golden.tensor("adamw.mean" + t), "first moment " + t);
                close(variables.get("v"), golden.tensor("adamw.variance" + t), "second moment " + t);
            }
        }
    }

    @ParameterizedTest
    @org.junit.jupiter.params.provider.ValueSource(strings = {"clip_0.5", "clip_100"})
    void clippingIsThatOfPyTorch(String name) {
        Graph graph = new Graph();
        Value a = graph.input(
                "a",
                new TensorType(DType.F64, golden.types().get(name + ".grad_a").shape()));
        Value b = graph.input(
                "b",
                new TensorType(DType.F64, golden.types().get(name + ".grad_b").shape()));
        List<Value> in = List.of(a, b);
        var node = graph.node(new ClipGradientNorm(attribute(name, "max_norm")), "", in);
        graph.output("clip", node.output(0));
        graph.output("norm", node.output(1));
        try (ReferenceBackend backend = new ReferenceBackend();
                Variables variables = new Variables(backend);
                Program program = Program.compile(graph, variables)) {
            program.set("a", golden.tensor(name + ".grad_a"));
            program.set("b", golden.tensor(name + ".grad_b"));
            program.run();
            close(program.get("norm"), golden.tensor(name + ".norm").reshape(1), "norm");
            double clip = program.get("clip").get(0);
            Tensor clipped = golden.tensor(name + ".grad_a").to(DType.F32).to(DType.F64);
            for (long i = 0; i < clipped.size(); i++) {
                clipped.set(i, golden.tensor(name + ".grad_a").get(i) * clip);
            }
            close(clipped, golden.tensor(name + ".clipped_a"), "clipped");
        }
    }

    @Test
    void averageIsThatOfPyTorch() {
        double decay = attribute("ema", "decay");
        TensorType type =
                new TensorType(DType.F64, golden.types().get("ema.param0").shape());
        Graph graph = new Graph();
        graph.add(new ExponentialMovingAverage(decay), graph.variable("average", type), graph.input("value", type));
        try (ReferenceBackend backend = new ReferenceBackend();
                Variables variables = new Variables(backend);
                Program program = Program.compile(graph, variables)) {
            variables.set("average", golden.tensor("ema.param0"));
            for (int t = 1; t <= 3; t++) {
                program.set("value", golden.tensor("ema.param" + t));
                program.run();
                close(variables.get("average"), golden.tensor("ema.average" + t), "average " + t);
            }
        }
    }

    @Test
    void unscalingIsThatOfPyTorch() {
        UnscaleGradients op = new UnscaleGradients(
                attribute("unscale", "max_norm"), attribute("unscale", "growth"), attribute("unscale", "backoff"), (int)
                        attribute("unscale", "interval"));
        TensorType one = new TensorType(DType.F64, Shape.of(1));
        Graph graph = new Graph();
        List<Value> inputs = new ArrayList<>(List.of(graph.variable("scale", one), graph.variable("good", one)));
        for (String gradient : List.of("a", "b")) {
            Shape shape = golden.types().get("unscale.grad_" + gradient + 1).shape();
            inputs.add(graph.input(gradient, new TensorType(DType.F64, shape)));
        }
        Node node = graph.node(op, "", inputs);
        graph.output("factor", node.output(2));
        graph.output("norm", node.output(3));
        try (ReferenceBackend backend = new ReferenceBackend();
                Variables variables = new Variables(backend);
                Program program = Program.compile(graph, variables)) {
            variables.set("scale", golden.tensor("unscale.scale0"));
            variables.set("good", golden.tensor("unscale.good0"));
            for (int t = 1; t <= 3; t++) {
                program.set("a", golden.tensor("unscale.grad_a" + t));
                program.set("b", golden.tensor("unscale.grad_b" + t));
                program.run();
                close(variables.get("scale"), golden.tensor("unscale.scale" + t), "scale " + t);
                close(variables.get("good"), golden.tensor("unscale.good" + t), "good steps " + t);
                double factor = program.get("factor").get(0);
                if (!golden.types().containsKey("unscale.norm" + t)) {
                    assertThat(factor).as("a gradient is infinite").isZero();
                    continue;
                }
                close(program.get("norm"), golden.tensor("unscale.norm" + t), "norm " + t);
                for (String gradient : List.of("a", "b")) {
                    Tensor scaled = golden.tensor("unscale.grad_" + gradient + t);
                    double[] clipped = new double[(int) scaled.size()];
                    Arrays.setAll(clipped, i -> scaled.get(i) * factor);
                    close(
                            Tensor.of(clipped, clipped.length),
                            golden.tensor("unscale.clipped_" + gradient + t),
                            "clipped " + gradient + t);
                }
            }
        }
    }

    @Test
    void dropPathIsThatOfTimmForTheSameDraws() {
        TensorType type =
                new TensorType(DType.F64, golden.types().get("drop_path.output").shape());
        Graph graph = new Graph();
        Value seed = graph.input("seed", new TensorType(DType.I32, Shape.of(2)));
        DropPath op = new DropPath(attribute("drop_path", "p"), (int) attribute("drop_path", "stream"), type);
        graph.output("keep", graph.add(op, seed));
        try (ReferenceBackend backend = new ReferenceBackend();
                Variables variables = new Variables(backend);
                Program program = Program.compile(graph, variables)) {
            program.set("seed", golden.tensor("drop_path.seed"));
            program.run();
            close(program.get("keep"), golden.tensor("drop_path.output"), "keep");
        }
    }

    @Test
    void everyOperatorOfTheCaseListHasAGolden() {
        Set<Class<?>> covered = new HashSet<>();
        operators()
                .flatMap(name -> differentiated(name).graph().nodes().stream())
                .forEach(node -> covered.add(node.op().getClass()));
        BY_ITSELF.forEach((op, tensor) -> {
            assertThat(golden.types()).containsKey(tensor);
            covered.add(op);
        });
        Set<String> primitives = primitives();
        assertThat(OpCases.tests().map(c -> c.op().getClass()).distinct())
                .allSatisfy(op -> assertThat(covered.contains(op)
                                || primitives.contains(op.getSimpleName().toLowerCase(Locale.ROOT)))
                        .as("%s has a golden", op.getSimpleName())
                        .isNotEqualTo(NOT_OF_PYTORCH.contains(op)));
    }

    /** Names of the operators that {@link PrimitiveGoldenTest} has goldens of. */
    private static Set<String> primitives() {
        try (Safetensors file = Safetensors.open(PRIMITIVES)) {
            return file.metadata().entrySet().stream()
                    .filter(entry -> entry.getKey().endsWith(".operator"))
                    .map(Map.Entry::getValue)
                    .collect(Collectors.toSet());
        }
    }
}
