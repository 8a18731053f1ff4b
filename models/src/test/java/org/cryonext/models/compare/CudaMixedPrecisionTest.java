package org.cryonext.models.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.Precision;
import org.cryonext.engine.backend.cuda.CudaBackend;
import org.cryonext.engine.backend.cuda.SimulatedGpu;
import org.cryonext.engine.backend.cuda.driver.CudaDriver;
import org.cryonext.engine.backend.cuda.image.KernelImages;
import org.cryonext.engine.backend.reference.ReferenceBackend;
import org.cryonext.engine.grad.Gradients;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.graph.Value;
import org.cryonext.engine.io.Safetensors;
import org.cryonext.engine.op.DepthwiseNorm;
import org.cryonext.engine.op.GeluGradient;
import org.cryonext.engine.op.Mlp;
import org.cryonext.engine.op.SoftmaxCrossEntropy;
import org.cryonext.engine.optim.AdamWSettings;
import org.cryonext.engine.optim.Optimizer;
import org.cryonext.engine.optim.ParameterGroup;
import org.cryonext.engine.pass.FuseGeluGradient;
import org.cryonext.engine.pass.FuseLinear;
import org.cryonext.engine.pass.MixedPrecision;
import org.cryonext.engine.runtime.Program;
import org.cryonext.engine.runtime.Variables;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.engine.tensor.TensorType;
import org.cryonext.models.Fixtures;
import org.cryonext.models.Models;
import org.cryonext.models.checkpoint.Checkpoint;
import org.cryonext.models.convnext.ConvNext;
import org.cryonext.models.convnext.ConvNextConfig;
import org.cryonext.models.convnext.Parameter;
import org.cryonext.models.convnext.Passes;
import org.cryonext.models.convnext.Version;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whole models in half precision on a simulated card against the reference backend in the same precision. */
class CudaMixedPrecisionTest {
    private static final int STEPS = 3;

    static Stream<Arguments> modelsAndTypes() {
        return Stream.of("v1", "v2")
                .flatMap(model -> Stream.of(Arguments.of(model, DType.F16), Arguments.of(model, DType.BF16)));
    }

    /** Both round the same values, but now and then to different sides, which the following layers carry on. */
    private static double tolerance(DType type) {
        return type == DType.F16 ? 5e-3 : 4e-2;
    }

    private static Backend card() {
        SimulatedGpu.loadWithKernels();
        CudaDriver driver = CudaDriver.load();
        return new CudaBackend(driver.device(0), KernelImages.of(driver, Optional.empty()));
    }

    private static Graph graph(Checkpoint checkpoint, Tensor x) {
        Shape shape = x.shape();
        Graph graph = ConvNext.inference(checkpoint.config(), shape.dim(0), shape.dim(1), shape.dim(2));
        Value labels = graph.input("labels", new TensorType(DType.I32, Shape.of(shape.dim(0))));
        graph.output("loss", graph.add(new SoftmaxCrossEntropy(0.1), graph.output("logits"), labels));
        return graph;
    }

    private static Tensor images(String model) {
        try (Safetensors file = Safetensors.open(Fixtures.reference(model))) {
            return file.tensor("x").transpose(0, 2, 3, 1);
        }
    }

    @ParameterizedTest
    @MethodSource("modelsAndTypes")
    void outputsAndGradientsAreThoseOfTheReference(String model, DType type) {
        Checkpoint checkpoint = Checkpoint.read(Fixtures.model(model));
        Tensor x = images(model);
        Graph graph = graph(checkpoint, x);
        List<String> names = List.copyOf(graph.variables().keySet());
        List<Value> parameters = new ArrayList<>(graph.variables().values());
        Map<Value, Value> gradients = Gradients.add(graph, graph.output("loss"), parameters);
        for (int i = 0; i < names.size(); i++) {
            graph.output("grad." + names.get(i), gradients.get(parameters.get(i)));
        }
        Graph mixed = MixedPrecision.training(FuseLinear.apply(graph), type);
        try (Backend reference = new ReferenceBackend();
                Backend card = card()) {
            Map<String, float[]> expected = outputs(checkpoint, mixed, x, reference);
            outputs(checkpoint, mixed, x, card)
                    .forEach((name, values) -> assertThat(Models.relative(values, expected.get(name)))
                            .as(name)
                            .isLessThan(tolerance(type)));

            // Gradients that take in that of GELU round less often, so both are judged by F32.
            Graph fused = FuseGeluGradient.whereFaster(mixed, card);
            assertThat(fused.nodes()).noneMatch(node -> node.op() instanceof GeluGradient);
            Map<String, float[]> single = outputs(checkpoint, FuseLinear.apply(graph), x, reference);
            assertThat(error(outputs(checkpoint, fused, x, card), single))
                    .isLessThan(1.2 * error(outputs(checkpoint, fused, x, reference), single));
        }
    }

    /** Mean over all outputs of the relative error. */
    private static double error(Map<String, float[]> found, Map<String, float[]> expected) {
        return found.entrySet().stream()
                .mapToDouble(entry -> Models.relative(entry.getValue(), expected.get(entry.getKey())))
                .average()
                .orElseThrow();
    }

    static Stream<Arguments> versionsAndTypes() {
        return Stream.of(Version.values())
                .flatMap(version -> Stream.of(Arguments.of(version, DType.F16), Arguments.of(version, DType.BF16)));
    }

    /** As a network is used, with depthwise convolutions that take in their norms or, in V2, MLPs that do; and with MLPs of one node. */
    @ParameterizedTest
    @MethodSource("versionsAndTypes")
    void passesForUseKeepTheOutputs(Version version, DType type) {
        ConvNextConfig config = ConvNextConfig.of(version, List.of(1, 1, 2, 1), List.of(8, 16, 24, 40), 5);
        Graph graph = ConvNext.inference(config, 2, 65, 97);
        Tensor x = numbers(1, 2, 65, 97, 3);
        SimulatedGpu.loadWithKernels();
        CudaDriver driver = CudaDriver.load();
        try (Backend reference = new ReferenceBackend();
                Backend card = new CudaBackend(
                        driver.device(0),
                        KernelImages.of(driver, Optional.empty()),
                        type == DType.F16 ? Precision.F16 : Precision.BF16)) {
            Map<String, float[]> expected = outputs(config, graph, x, reference);
            Graph used = Passes.inference(graph, card);
            Graph fewest = Passes.fewestBytes(graph, card);
            assertThat(used.nodes())
                    .filteredOn(
                            version == Version.V1
                                    ? node -> node.op() instanceof DepthwiseNorm
                                    : node -> node.op() instanceof Mlp)
                    .hasSize(5);
            assertThat(fewest.nodes())
                    .filteredOn(node -> node.op() instanceof Mlp)
                    .hasSize(5);
            for (Graph passed : List.of(used, fewest)) {
                outputs(config, passed, x, card)
                        .forEach((name, values) -> assertThat(Models.relative(values, expected.get(name)))
                                .as(name)
                                .isLessThan(4 * tolerance(type)));
            }
        }
    }

    private static Tensor numbers(int seed, long... dims) {
        float[] values = new float[Math.toIntExact(Shape.of(dims).size())];
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return Tensor.of(values, dims);
    }

    /** With weights that keep values about as large as they are. */
    private static Map<String, float[]> outputs(ConvNextConfig config, Graph graph, Tensor x, Backend backend) {
        try (Variables variables = new Variables(backend);
                Program program = Program.compile(graph, variables)) {
            for (Parameter p : Parameter.of(config)) {
                float[] values =
                        numbers(p.name().hashCode(), p.shape().toArray()).toFloats();
                double inputs =
                        p.isMatrix() ? p.shape().size() / (double) p.shape().dim(0) : 4;
                for (int i = 0; i < values.length; i++) {
                    values[i] /= (float) Math.sqrt(inputs);
                }
                variables.set(p.name(), Tensor.of(values, p.shape().toArray()));
            }
            program.set("x", x);
            program.run();
            Map<String, float[]> outputs = new LinkedHashMap<>();
            graph.outputs()
                    .keySet()
                    .forEach(name -> outputs.put(name, program.get(name).toFloats()));
            return outputs;
        }
    }

    private static Map<String, float[]> outputs(Checkpoint checkpoint, Graph graph, Tensor x, Backend backend) {
        try (Variables variables = new Variables(backend);
                Program program = Program.compile(graph, variables)) {
            checkpoint.upload(variables);
            program.set("x", x);
            program.run();
            Map<String, float[]> outputs = new LinkedHashMap<>();
            graph.outputs()
                    .keySet()
                    .forEach(name -> outputs.put(name, program.get(name).toFloats()));
            return outputs;
        }
    }

    /** With the scale of the loss that F16 needs, kept on the card. */
    @ParameterizedTest
    @MethodSource("modelsAndTypes")
    void lossesOfTheFirstStepsAreThoseOfTheReferenceInDouble(String model, DType type) {
        Checkpoint checkpoint = Checkpoint.read(Fixtures.model(model));
        Tensor x = images(model);
        Graph plain = graph(checkpoint, x);
        Graph scaled = graph(checkpoint, x);
        List<String> names = List.copyOf(plain.variables().keySet());
        try (Backend reference = new ReferenceBackend();
                Backend card = card()) {
            float[] expected = losses(checkpoint, plain, x, optimizer(names, false), DType.F32, reference);
            float[] found = losses(checkpoint, scaled, x, optimizer(names, type == DType.F16), type, card);
            assertThat(expected[STEPS - 1]).isLessThan(0.97f * expected[0]);
            for (int step = 0; step < STEPS; step++) {
                assertThat(found[step] / expected[step]).as("step %d", step).isCloseTo(1, offset((float)
                        tolerance(type)));
            }
        }
    }

    private static Optimizer optimizer(List<String> names, boolean scaled) {
        return new Optimizer(
                List.of(new ParameterGroup("all", names, 0.05)), new AdamWSettings(0.9, 0.999, 1e-8, 1, 0, scaled));
    }

    private static float[] losses(
            Checkpoint checkpoint, Graph graph, Tensor x, Optimizer optimizer, DType type, Backend backend) {
        optimizer.add(graph, graph.output("loss"));
        try (Variables variables = new Variables(backend)) {
            checkpoint.upload(variables);
            optimizer.begin(variables);
            try (Program program = Program.compile(MixedPrecision.training(FuseLinear.apply(graph), type), variables)) {
                program.set("x", x);
                float[] losses = new float[STEPS];
                for (int step = 0; step < STEPS; step++) {
                    optimizer.next(program, Map.of("all", 2e-3));
                    program.run();
                    assertThat(optimizer.made(program)).isTrue();
                    losses[step] = (float) program.get("loss").get(0);
                }
                return losses;
            }
        }
    }
}
