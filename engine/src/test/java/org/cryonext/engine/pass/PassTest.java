package org.cryonext.engine.pass;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import java.util.List;
import org.cryonext.engine.backend.cpu.CpuBackend;
import org.cryonext.engine.backend.reference.ReferenceBackend;
import org.cryonext.engine.cases.CaseInput;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.graph.GraphCopy;
import org.cryonext.engine.graph.Node;
import org.cryonext.engine.graph.Value;
import org.cryonext.engine.op.Activation;
import org.cryonext.engine.op.Add;
import org.cryonext.engine.op.DepthwiseConv;
import org.cryonext.engine.op.DepthwiseNorm;
import org.cryonext.engine.op.Gelu;
import org.cryonext.engine.op.GeluGradient;
import org.cryonext.engine.op.Grn;
import org.cryonext.engine.op.GrnGradient;
import org.cryonext.engine.op.Input;
import org.cryonext.engine.op.LayerNorm;
import org.cryonext.engine.op.Linear;
import org.cryonext.engine.op.LinearInputGradient;
import org.cryonext.engine.op.Mlp;
import org.cryonext.engine.op.Op;
import org.cryonext.engine.op.Residual;
import org.cryonext.engine.op.Variable;
import org.cryonext.engine.runtime.Program;
import org.cryonext.engine.runtime.Variables;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.engine.tensor.TensorType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PassTest {
    private final Graph graph = new Graph();
    private final Value x = graph.input("x", TensorType.f32(4, 6));
    private final Value expanded = graph.add(
            new Linear(), x, graph.variable("expand", TensorType.f32(9, 6)), graph.variable("b", TensorType.f32(9)));
    private final Value bent = graph.add(new Gelu(false), expanded);
    private final Value branch = graph.add(new Linear(), bent, graph.variable("contract", TensorType.f32(6, 9)));
    private final Value y = graph.add(new Residual(), x, branch, graph.variable("scale", TensorType.f32(6)));

    private static Tensor run(Graph graph) {
        return run(graph, "y");
    }

    private static Tensor run(Graph graph, String output) {
        try (ReferenceBackend backend = new ReferenceBackend();
                Variables variables = new Variables(backend)) {
            graph.variables()
                    .forEach((name, v) -> variables.set(
                            name, CaseInput.normal(v.shape().toArray()).tensor(name.hashCode())));
            Program program = Program.compile(graph, variables);
            program.set("x", CaseInput.normal(4, 6).tensor(1));
            program.run();
            return program.get(output);
        }
    }

    private static void assertClose(Tensor before, Tensor after) {
        assertThat(after.toFloats()).containsExactly(before.toFloats(), offset(1e-5f));
    }

    private static long count(Graph graph, Class<? extends Op> op) {
        return graph.nodes().stream().filter(n -> op.isInstance(n.op())).count();
    }

    @Test
    void aLinearTakesInTheGeluAndTheResidualThatFollow() {
        graph.output("y", y);
        Graph fused = FuseLinear.apply(graph);
        assertThat(count(fused, Gelu.class)).isZero();
        assertThat(count(fused, Residual.class)).isZero();
        assertThat(count(fused, Linear.class)).isEqualTo(2);
        assertClose(run(graph), run(fused));
    }

    @Test
    void whatSomethingElseReadsIsNotFused() {
        graph.output("y", y);
        graph.output("expanded", expanded);
        graph.output("branch", branch);
        Graph fused = FuseLinear.apply(graph);
        assertThat(count(fused, Gelu.class)).isEqualTo(1);
        assertThat(count(fused, Residual.class)).isEqualTo(1);
    }

    private Value gradient(boolean grn, boolean tanh) {
        Value product = graph.add(new LinearInputGradient(), x, graph.variable("contract", TensorType.f32(6, 9)));
        if (grn) {
            product = graph.add(new GrnGradient(1e-6), product, bent, graph.variable("gamma", TensorType.f32(9)));
        }
        graph.output("y", graph.add(new GeluGradient(tanh), product, expanded));
        return product;
    }

    private static Graph joined(Graph graph) {
        try (ReferenceBackend reference = new ReferenceBackend()) {
            return FuseGeluGradient.whereFaster(graph, reference);
        }
    }

    @ParameterizedTest
    @CsvSource({"false, false", "false, true", "true, false", "true, true"})
    void whatComesBeforeTheDerivativeOfGeluTakesItIn(boolean grn, boolean tanh) {
        gradient(grn, tanh);
        Graph parts = DeadNodes.remove(graph);
        Graph fused = joined(parts);
        Activation activation = tanh ? Activation.GELU_TANH : Activation.GELU;
        assertThat(fused.output("y").node().op())
                .isEqualTo(grn ? new GrnGradient(1e-6, activation) : new LinearInputGradient(activation));
        assertThat(count(fused, LinearInputGradient.class)).isOne();
        assertThat(count(fused, GeluGradient.class)).isZero();
        assertClose(run(parts), run(fused));
    }

    @Test
    void aProductWhoseDerivativeTheProcessorWouldReadInStripsStays() {
        gradient(false, false);
        try (CpuBackend cpu = new CpuBackend(1)) {
            assertThat(count(FuseGeluGradient.whereFaster(graph, cpu), GeluGradient.class))
                    .isOne();
        }
    }

    @Test
    void gradientsThatSomethingElseReadsStay() {
        graph.output("product", gradient(false, false));
        assertThat(count(joined(graph), GeluGradient.class)).isOne();
    }

    @Test
    void gradientsOfParametersThatAreReadBeforeStay() {
        Value product = gradient(true, false);
        Graph early = new Graph();
        GraphCopy copy = new GraphCopy(early);
        for (Node node : graph.nodes()) {
            if (node.op() instanceof GeluGradient) {
                early.output(
                        "bias",
                        early.add(
                                new Add(),
                                copy.of(product.node().output(1)),
                                copy.of(product.node().output(2))));
            }
            copy.copy(node);
        }
        copy.outputs(graph);
        assertThat(count(joined(early), GeluGradient.class)).isOne();
    }

    @Test
    void theTanhFormStaysTheTanhForm() {
        Value tanh = graph.add(new Gelu(true), graph.add(new Linear(), x, graph.variable("w", TensorType.f32(6, 6))));
        graph.output("y", tanh);
        assertThat(FuseLinear.apply(DeadNodes.remove(graph)).output("y").node().op())
                .isEqualTo(new Linear(Activation.GELU_TANH));
    }

    @Test
    void deadNodesGoAndInputsStay() {
        graph.add(new Add(), x, y);
        graph.output("y", bent);
        Graph live = DeadNodes.remove(graph);
        assertThat(count(live, Add.class)).isZero();
        assertThat(count(live, Residual.class)).isZero();
        assertThat(live.variables()).containsOnlyKeys("expand", "b");
        assertThat(live.inputs()).containsKey("x");
    }

    /** The end of a block over x, with or without a Grn, as it is and as one node. */
    private Graph mlp(boolean grn) {
        Value normalised = graph.add(
                new LayerNorm(1e-6),
                x,
                graph.variable("norm.weight", TensorType.f32(6)),
                graph.variable("norm.bias", TensorType.f32(6)));
        Value hidden = graph.add(
                new Linear(),
                normalised,
                graph.variable("first", TensorType.f32(9, 6)),
                graph.variable("first.bias", TensorType.f32(9)));
        hidden = graph.add(new Gelu(false), hidden);
        if (grn) {
            hidden = graph.add(
                    new Grn(1e-6),
                    hidden,
                    graph.variable("gamma", TensorType.f32(9)),
                    graph.variable("beta", TensorType.f32(9)));
        }
        Value branched = graph.add(new Linear(), hidden, graph.variable("second", TensorType.f32(6, 9)));
        graph.output("y", graph.add(new Residual(), x, branched));
        return FuseLinear.apply(DeadNodes.remove(graph));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aNormAndTwoLinearsBecomeAnMlp(boolean grn) {
        Graph parts = mlp(grn);
        try (ReferenceBackend reference = new ReferenceBackend()) {
            Graph fused = FuseMlp.apply(parts, reference);
            assertThat(fused.nodes().stream()
                            .filter(n -> !(n.op() instanceof Variable || n.op() instanceof Input))
                            .map(n -> n.op()))
                    .containsExactly(new Mlp(1e-6, Activation.GELU, grn ? 1e-6 : 0));
            assertThat(run(fused).toFloats()).isEqualTo(run(parts).toFloats());
        }
    }

    @Test
    void anMlpStaysInPartsWhereTheBackendWantsThem() {
        Graph parts = mlp(true);
        try (ReferenceBackend reference = new ReferenceBackend();
                CpuBackend cpu = new CpuBackend(1)) {
            assertThat(count(FuseMlp.whereFaster(parts, reference), Mlp.class)).isZero();
            assertThat(count(FuseMlp.whereFaster(parts, cpu), Mlp.class)).isOne();
        }
    }

    /** What the GELU of {@link #mlp} is given. */
    private Value affine(boolean grn) {
        mlp(grn);
        Value hidden = graph.output("y").node().input("branch").node().input("x");
        return (grn ? hidden.node().input("x") : hidden).node().input("x");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anMlpGivesWhatGradientsReadOfIt(boolean grn) {
        graph.output("affine", affine(grn));
        Graph parts = FuseLinear.apply(DeadNodes.remove(graph));
        try (ReferenceBackend reference = new ReferenceBackend()) {
            Graph fused = FuseMlp.apply(parts, reference);
            assertThat(fused.output("y").node().op()).isEqualTo(new Mlp(1e-6, Activation.GELU, grn ? 1e-6 : 0, true));
            assertThat(fused.output("affine"))
                    .isEqualTo(fused.output("y").node().output(1));
            for (String output : List.of("y", "affine")) {
                assertThat(run(fused, output).toFloats())
                        .isEqualTo(run(parts, output).toFloats());
            }
        }
    }

    @Test
    void anMlpStaysInPartsWhereItWouldGiveThatTooLate() {
        Value affine = affine(false);
        Graph early = new Graph();
        GraphCopy copy = new GraphCopy(early);
        for (Node node : graph.nodes()) {
            copy.copy(node);
            if (node.op() instanceof Gelu && node.input("x").equals(affine)) {
                early.output("twice", early.add(new Add(), copy.of(affine), copy.of(affine)));
            }
        }
        copy.outputs(graph);
        try (ReferenceBackend reference = new ReferenceBackend()) {
            assertThat(count(FuseMlp.apply(FuseLinear.apply(DeadNodes.remove(early)), reference), Mlp.class))
                    .isZero();
        }
    }

    @Test
    void hiddenValuesThatSomethingElseReadsStay() {
        mlp(false);
        graph.output("hidden", graph.output("y").node().input("branch").node().input("x"));
        try (ReferenceBackend reference = new ReferenceBackend()) {
            assertThat(count(FuseMlp.apply(FuseLinear.apply(graph), reference), Mlp.class))
                    .isZero();
        }
    }

    @Test
    void aDepthwiseConvolutionAndItsNormBecomeOne() {
        Value x = graph.input("image", TensorType.f32(2, 5, 4, 6));
        Value h = graph.add(
                new DepthwiseConv(7),
                x,
                graph.variable("filter", TensorType.f32(7, 7, 6)),
                graph.variable("filter.bias", TensorType.f32(6)));
        Value weight = graph.variable("norm", TensorType.f32(6));
        Value bias = graph.variable("norm.bias", TensorType.f32(6));
        graph.output("y", graph.add(new LayerNorm(1e-6), h, weight, bias));
        try (ReferenceBackend reference = new ReferenceBackend();
                CpuBackend cpu = new CpuBackend(1)) {
            Graph fused = FuseDepthwiseNorm.apply(DeadNodes.remove(graph), reference);
            assertThat(fused.nodes().stream()
                            .filter(n -> !(n.op() instanceof Variable || n.op() instanceof Input))
                            .map(n -> n.op()))
                    .containsExactly(new DepthwiseNorm(7, 1e-6));
            assertThat(count(FuseDepthwiseNorm.apply(graph, cpu), DepthwiseNorm.class))
                    .isZero();
            assertThat(count(FuseDepthwiseNorm.whereFaster(graph, reference), DepthwiseNorm.class))
                    .isOne();
            assertThat(count(FuseDepthwiseNorm.whereFaster(graph, cpu), DepthwiseNorm.class))
                    .isZero();
            graph.output("between", h);
            assertThat(count(FuseDepthwiseNorm.apply(graph, reference), DepthwiseNorm.class))
                    .isZero();
        }
    }
}
