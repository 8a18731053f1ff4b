package org.cryonext.models.convnext;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.Precision;
import org.cryonext.engine.backend.cpu.CpuBackend;
import org.cryonext.engine.backend.cuda.PaperBackend;
import org.cryonext.engine.backend.cuda.driver.Architecture;
import org.cryonext.engine.backend.cuda.driver.CudaDevice;
import org.cryonext.engine.backend.reference.ReferenceBackend;
import org.cryonext.engine.cases.CaseInput;
import org.cryonext.engine.grad.Gradients;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.graph.Node;
import org.cryonext.engine.graph.Value;
import org.cryonext.engine.io.Safetensors;
import org.cryonext.engine.op.DepthwiseNorm;
import org.cryonext.engine.op.Gelu;
import org.cryonext.engine.op.GeluGradient;
import org.cryonext.engine.op.Linear;
import org.cryonext.engine.op.Mlp;
import org.cryonext.engine.op.SoftmaxCrossEntropy;
import org.cryonext.engine.pass.DeadNodes;
import org.cryonext.engine.pass.FuseLinear;
import org.cryonext.engine.pass.MixedPrecision;
import org.cryonext.engine.pass.Recompute;
import org.cryonext.engine.plan.Plan;
import org.cryonext.engine.runtime.Program;
import org.cryonext.engine.runtime.Variables;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.engine.tensor.TensorType;
import org.cryonext.models.Fixtures;
import org.cryonext.models.Models;
import org.cryonext.models.checkpoint.Checkpoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The engine's passes leave the numbers of whole models as they are. */
class PassesTest {
    @ParameterizedTest
    @ValueSource(strings = {"v1", "v2", "v1-deep", "v2-deep"})
    void outputsAndGradientsStay(String model) {
        Checkpoint checkpoint = Checkpoint.read(Fixtures.model(model));
        try (Safetensors file = Safetensors.open(Fixtures.reference(model))) {
            Tensor x = file.tensor("x").transpose(0, 2, 3, 1);
            Graph plain = ConvNext.inference(
                    checkpoint.config(),
                    x.shape().dim(0),
                    x.shape().dim(1),
                    x.shape().dim(2));
            Graph fused = FuseLinear.apply(plain);
            assertThat(fused.nodes()).noneMatch(n -> n.op() instanceof Gelu);
            assertClose(run(checkpoint, plain, x), run(checkpoint, fused, x));

            Value labels = plain.input(
                    "labels", new TensorType(DType.I32, Shape.of(x.shape().dim(0))));
            Value loss = plain.add(new SoftmaxCrossEntropy(0), plain.output("logits"), labels);
            List<Value> parameters = List.copyOf(plain.variables().values());
            List<String> names = List.copyOf(plain.variables().keySet());
            Map<Value, Value> gradients = Gradients.add(plain, loss, parameters);
            for (int i = 0; i < names.size(); i++) {
                plain.output("grad." + names.get(i), gradients.get(parameters.get(i)));
            }
            // The loss itself is no output, so it is dead; its gradient is not.
            Graph trained = FuseLinear.apply(DeadNodes.remove(plain));
            assertThat(trained.nodes()).noneMatch(n -> n.op() instanceof SoftmaxCrossEntropy);
            plain.output("loss", loss);
            assertClose(run(checkpoint, plain, x), run(checkpoint, trained, x));
        }
    }

    private static CudaDevice card() {
        return new CudaDevice(
                0,
                "card",
                new Architecture(9, 0),
                80L << 30,
                132,
                227 << 10,
                228 << 10,
                65536,
                50 << 20,
                0,
                0,
                0,
                true);
    }

    /** Four blocks, whose norm goes with the MLP behind it, or with the depthwise convolution before it, or stays alone. */
    @Test
    void eachBackendTakesAsOneNodeWhatIsFasterThere() {
        try (Backend reference = new ReferenceBackend();
                Backend cpu = new CpuBackend(1);
                Backend single = new PaperBackend(card(), Precision.F32);
                Backend half = new PaperBackend(card(), Precision.F16)) {
            assertJoined(reference, Passes::inference, 0, 4);
            assertJoined(reference, Passes::forward, 0, 4);
            assertJoined(reference, Passes::fewestBytes, 4, 0);
            assertJoined(cpu, Passes::inference, 4, 0);
            assertJoined(cpu, Passes::forward, 4, 0);
            assertJoined(cpu, Passes::fewestBytes, 4, 0);
            assertJoined(single, Passes::inference, 0, 4);
            assertJoined(single, Passes::fewestBytes, 0, 4);
            assertJoined(half, Passes::inference, 0, 4);
            assertJoined(half, Passes::forward, 0, 4);
            assertJoined(half, Passes::fewestBytes, 4, 0);
        }
    }

    /** Of the forward pass MLPs, which give gradients what these read or, if that is computed again, need not; and GELU's gradients. */
    @ParameterizedTest
    @EnumSource(Version.class)
    void eachBackendTakesAsOneNodeWhatIsFasterThereInTraining(Version version) {
        try (Backend reference = new ReferenceBackend();
                Backend cpu = new CpuBackend(1);
                Backend half = new PaperBackend(card(), Precision.F16)) {
            assertThat(mlps(step(version, reference, false))).isEmpty();
            assertThat(mlps(step(version, half, false))).isEmpty();
            assertThat(mlps(step(version, cpu, false))).hasSize(4).allMatch(Mlp::givesAffine);
            assertThat(mlps(step(version, cpu, true))).hasSize(4).noneMatch(Mlp::givesAffine);
            assertThat(geluGradients(step(version, reference, false))).isZero();
            assertThat(geluGradients(step(version, half, false))).isZero();
            assertThat(geluGradients(step(version, cpu, false))).isEqualTo(version == Version.V1 ? 4 : 0);
        }
    }

    private static Graph step(Version version, Backend backend, boolean recompute) {
        ConvNextConfig config = ConvNextConfig.of(version, List.of(1, 1, 1, 1), List.of(8, 16, 24, 40), 5);
        Graph graph = new Graph();
        Value x = graph.input("x", TensorType.f32(2, 64, 64, 3));
        Value logits = ConvNext.add(graph, config, x).logits();
        Value labels = graph.input("labels", new TensorType(DType.I32, Shape.of(2)));
        Value loss = graph.add(new SoftmaxCrossEntropy(0), logits, labels);
        graph.output("loss", loss);
        Gradients.add(graph, loss, List.copyOf(graph.variables().values()))
                .forEach((parameter, gradient) -> graph.output(parameter.toString(), gradient));
        return Passes.step(DeadNodes.remove(graph), "loss", backend, recompute);
    }

    private static List<Mlp> mlps(Graph graph) {
        return graph.nodes().stream()
                .map(Node::op)
                .filter(Mlp.class::isInstance)
                .map(Mlp.class::cast)
                .toList();
    }

    private static long geluGradients(Graph graph) {
        return graph.nodes().stream()
                .filter(node -> node.op() instanceof GeluGradient)
                .count();
    }

    private static void assertJoined(
            Backend backend, BiFunction<Graph, Backend, Graph> passes, int mlps, int depthwiseNorms) {
        ConvNextConfig config = ConvNextConfig.of(Version.V1, List.of(1, 1, 1, 1), List.of(8, 16, 24, 40), 5);
        Graph passed = passes.apply(DeadNodes.remove(ConvNext.inference(config, 2, 64, 64)), backend);
        assertThat(passed.nodes())
                .as(backend.description())
                .filteredOn(node -> node.op() instanceof Mlp)
                .hasSize(mlps);
        assertThat(passed.nodes())
                .as(backend.description())
                .filteredOn(node -> node.op() instanceof DepthwiseNorm)
                .hasSize(depthwiseNorms);
    }

    @ParameterizedTest
    @ValueSource(strings = {"v1-deep", "v2-deep"})
    void computingAgainGivesTheSameBitsInLessMemory(String model) {
        Checkpoint checkpoint = Checkpoint.read(Fixtures.model(model));
        TensorType images = TensorType.f32(2, 64, 64, 3);
        Graph graph = new Graph();
        Value x = graph.input("x", images);
        Value logits = ConvNext.add(graph, checkpoint.config(), x).logits();
        Value labels = graph.input("labels", new TensorType(DType.I32, Shape.of(2)));
        Value loss = graph.add(new SoftmaxCrossEntropy(0), logits, labels);
        List<Value> parameters = List.copyOf(graph.variables().values());
        Map<Value, Value> gradients = Gradients.add(graph, loss, parameters);
        gradients.forEach((parameter, gradient) -> graph.output(parameter.toString(), gradient));
        graph.output("loss", loss);
        Graph kept = DeadNodes.remove(graph);
        Graph cheap = Recompute.apply(kept, kept.output("loss"), Recompute::isCheap);
        Graph again = Recompute.apply(
                kept, kept.output("loss"), node -> Recompute.isCheap(node) || ConvNext.isWithinBlock(node));

        Tensor image = CaseInput.normal(images.shape().toArray()).tensor(7);
        Map<String, float[]> expected = run(checkpoint, kept, image);
        for (Graph graphThatRecomputes : List.of(cheap, again)) {
            Map<String, float[]> found = run(checkpoint, graphThatRecomputes, image);
            assertThat(found).hasSameSizeAs(expected);
            found.forEach((name, values) -> assertThat(values).as(name).isEqualTo(expected.get(name)));
        }
        try (ReferenceBackend backend = new ReferenceBackend()) {
            long all = Plan.of(kept, backend).bytes();
            long some = Plan.of(cheap, backend).bytes();
            long least = Plan.of(again, backend).bytes();
            assertThat(some).isLessThan(all);
            assertThat(least).isLessThan(some);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"v1", "v2"})
    void halfPrecisionRoundsActivationsAndMatricesAlone(String model) {
        Checkpoint checkpoint = Checkpoint.read(Fixtures.model(model));
        try (Safetensors file = Safetensors.open(Fixtures.reference(model))) {
            Tensor x = file.tensor("x").transpose(0, 2, 3, 1);
            Graph graph = ConvNext.inference(
                    checkpoint.config(),
                    x.shape().dim(0),
                    x.shape().dim(1),
                    x.shape().dim(2));
            Value labels = graph.input(
                    "labels", new TensorType(DType.I32, Shape.of(x.shape().dim(0))));
            Value loss = graph.add(new SoftmaxCrossEntropy(0), graph.output("logits"), labels);
            graph.output("loss", loss);
            List<Value> parameters = List.copyOf(graph.variables().values());
            List<String> names = List.copyOf(graph.variables().keySet());
            Map<Value, Value> gradients = Gradients.add(graph, loss, parameters);
            for (int i = 0; i < names.size(); i++) {
                graph.output("grad." + names.get(i), gradients.get(parameters.get(i)));
            }
            Graph mixed = MixedPrecision.training(graph, DType.F16);
            assertThat(mixed.outputs().values()).allMatch(value -> value.type().dtype() == DType.F32);
            assertThat(mixed.variables().values())
                    .allMatch(value -> value.type().dtype() == DType.F32);
            assertThat(mixed.nodes().stream().filter(n -> n.op() instanceof Linear))
                    .isNotEmpty()
                    .allMatch(n -> n.input("x").type().dtype() == DType.F16
                            && n.input("weight").type().dtype() == DType.F16
                            && n.input("bias").type().dtype() == DType.F32
                            && n.outputs().getFirst().dtype() == DType.F16);
            Map<String, float[]> expected = run(checkpoint, graph, x);
            run(checkpoint, mixed, x)
                    .forEach((name, values) -> assertThat(Models.relative(values, expected.get(name)))
                            .as(name)
                            .isLessThan(0.02)
                            .isNotZero());
        }
    }

    @Test
    void inInferenceMatricesAreHeldInHalfPrecision() {
        Checkpoint checkpoint = Checkpoint.read(Fixtures.model("v2"));
        Graph graph = ConvNext.inference(checkpoint.config(), 2, 64, 64);
        Graph training = MixedPrecision.training(graph, DType.BF16);
        Graph held = MixedPrecision.inference(graph, DType.BF16);
        assertThat(held.variables()
                        .get("convnextv2.embeddings.patch_embeddings.weight")
                        .type()
                        .dtype())
                .isEqualTo(DType.BF16);
        assertThat(held.variables()
                        .get("convnextv2.embeddings.patch_embeddings.bias")
                        .type()
                        .dtype())
                .isEqualTo(DType.F32);
        assertThat(held.inputs().get("x").type().dtype()).isEqualTo(DType.BF16);
        Tensor x = CaseInput.normal(2, 64, 64, 3).tensor(7);
        assertThat(run(checkpoint, held, x).get("logits"))
                .isEqualTo(run(checkpoint, training, x).get("logits"));
    }

    private static Map<String, float[]> run(Checkpoint checkpoint, Graph graph, Tensor x) {
        try (ReferenceBackend backend = new ReferenceBackend();
                Variables variables = new Variables(backend)) {
            try (Program program = Program.compile(graph, variables)) {
                checkpoint.upload(variables);
                program.set("x", x);
                program.run();
                Map<String, float[]> outputs = new TreeMap<>();
                graph.outputs()
                        .keySet()
                        .forEach(name -> outputs.put(name, program.get(name).toFloats()));
                return outputs;
            }
        }
    }

    private static void assertClose(Map<String, float[]> expected, Map<String, float[]> found) {
        assertThat(found).isNotEmpty();
        found.forEach((name, values) ->
                assertThat(Models.relative(values, expected.get(name))).as(name).isLessThan(1e-5));
    }
}
