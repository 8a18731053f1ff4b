package org.cryonext.engine.grad;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.cryonext.engine.backend.reference.ReferenceBackend;
import org.cryonext.engine.cases.CaseInput;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.graph.Value;
import org.cryonext.engine.op.Dropout;
import org.cryonext.engine.op.Gelu;
import org.cryonext.engine.op.LayerNorm;
import org.cryonext.engine.op.Linear;
import org.cryonext.engine.op.SoftmaxCrossEntropy;
import org.cryonext.engine.optim.AdamWSettings;
import org.cryonext.engine.optim.Optimizer;
import org.cryonext.engine.optim.ParameterGroup;
import org.cryonext.engine.runtime.Program;
import org.cryonext.engine.runtime.Variables;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.engine.tensor.TensorType;
import org.junit.jupiter.api.Test;

class FrozenPrefixTest {
    private static final Map<String, Double> RATE = Map.of("head", 1e-2);

    /** Linear, norm, optional dropout, GELU, Linear, loss; only the second Linear is trained. */
    private static Graph training(boolean dropout, Optimizer optimizer) {
        Graph graph = new Graph();
        Value x = graph.input("x", TensorType.f32(4, 6));
        Value h = graph.add(
                new Linear(),
                x,
                graph.variable("first.weight", TensorType.f32(5, 6)),
                graph.variable("b", TensorType.f32(5)));
        if (dropout) {
            h = graph.add(new Dropout(0.5, 0), h, graph.input("seed", new TensorType(DType.I32, Shape.of(2))));
        }
        h = graph.add(
                new LayerNorm(1e-6), h, graph.variable("g", TensorType.f32(5)), graph.variable("c", TensorType.f32(5)));
        h = graph.add(new Gelu(false), h);
        Value logits = graph.add(new Linear(), h, graph.variable("head.weight", TensorType.f32(3, 5)));
        Value labels = graph.input("labels", new TensorType(DType.I32, Shape.of(4)));
        Value loss = graph.add(new SoftmaxCrossEntropy(0), logits, labels);
        graph.output("loss", loss);
        optimizer.add(graph, loss);
        return graph;
    }

    private static Optimizer optimizer(String... parameters) {
        return new Optimizer(List.of(new ParameterGroup("head", List.of(parameters), 0.01)), AdamWSettings.defaults());
    }

    private static void fill(Variables variables) {
        variables.set("first.weight", CaseInput.normal(5, 6).tensor(1));
        variables.set("b", CaseInput.normal(5).tensor(2));
        variables.set("g", CaseInput.normal(5).tensor(3));
        variables.set("c", CaseInput.normal(5).tensor(4));
        variables.set("head.weight", CaseInput.normal(3, 5).tensor(5));
    }

    @Test
    void theRestOnKeptResultsGivesTheBitsOfTheWhole() {
        Tensor x = CaseInput.normal(4, 6).tensor(6);
        Tensor labels = Tensor.of(new int[] {0, 2, 1, 1}, 4);
        try (ReferenceBackend backend = new ReferenceBackend();
                Variables whole = new Variables(backend);
                Variables parts = new Variables(backend)) {
            fill(whole);
            fill(parts);
            Optimizer first = optimizer("head.weight");
            Program program = Program.compile(training(false, first), whole);
            Optimizer second = optimizer("head.weight");
            FrozenPrefix split = FrozenPrefix.split(training(false, second), Set.of("x"), Set.of())
                    .orElseThrow();
            assertThat(split.cut()).containsExactly("cut.0");
            assertThat(split.prefix().output("cut.0").node().op()).isInstanceOf(Gelu.class);
            Program prefix = Program.compile(split.prefix(), parts);
            Program rest = Program.compile(split.rest(), parts);
            assertThat(split.rest().inputs()).doesNotContainKey("x");
            prefix.set("x", x);
            prefix.run();
            Tensor kept = prefix.get("cut.0");
            program.set("x", x);
            program.set("labels", labels);
            rest.set("labels", labels);
            for (int step = 0; step < 3; step++) {
                first.next(program, RATE);
                program.run();
                second.next(rest, RATE);
                rest.set("cut.0", kept);
                rest.run();
                assertThat(rest.get("loss").get(0))
                        .isEqualTo(program.get("loss").get(0));
            }
            assertThat(parts.get("head.weight").toFloats())
                    .isEqualTo(whole.get("head.weight").toFloats())
                    .isNotEqualTo(CaseInput.normal(3, 5).tensor(5).toFloats());
        }
    }

    @Test
    void thePrefixEndsWhereRandomnessBegins() {
        Graph graph = training(true, optimizer("head.weight"));
        FrozenPrefix split = FrozenPrefix.split(graph, Set.of("x"), Set.of()).orElseThrow();
        assertThat(split.prefix().output("cut.0").node().op()).isInstanceOf(Linear.class);
    }

    @Test
    void nothingIsFrozenWhenTheFirstLayerIsTrained() {
        Graph graph = training(false, optimizer("first.weight", "b", "g", "c", "head.weight"));
        assertThat(FrozenPrefix.split(graph, Set.of("x"), Set.of())).isEmpty();
    }

    @Test
    void aForwardGraphIsCutWhereAnotherProgramTrains() {
        Graph graph = training(false, optimizer("head.weight"));
        assertThat(FrozenPrefix.split(graph, Set.of("x"), Set.of("g"))
                        .orElseThrow()
                        .prefix()
                        .output("cut.0")
                        .node()
                        .op())
                .isInstanceOf(Linear.class);
    }
}
