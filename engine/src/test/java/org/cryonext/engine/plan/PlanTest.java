package org.cryonext.engine.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.cryonext.engine.backend.reference.ReferenceBackend;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.graph.Node;
import org.cryonext.engine.graph.Value;
import org.cryonext.engine.op.Add;
import org.cryonext.engine.op.ExponentialMovingAverage;
import org.cryonext.engine.op.Gelu;
import org.cryonext.engine.op.LayerNorm;
import org.cryonext.engine.op.Reshape;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.TensorType;
import org.junit.jupiter.api.Test;

class PlanTest {
    private static final TensorType X = TensorType.f32(2, 5, 7);
    private static final TensorType C = TensorType.f32(7);

    private final Graph graph = new Graph();
    private final Value weight = graph.variable("weight", C);
    private final Value bias = graph.variable("bias", C);

    private Value norm(Value x) {
        return graph.add(new LayerNorm(1e-6), x, weight, bias);
    }

    private Plan plan() {
        return Plan.of(graph, new ReferenceBackend());
    }

    @Test
    void aLongChainNeedsMemoryForTwoOfItsValuesAndTheInput() {
        Value h = graph.input("x", X);
        for (int i = 0; i < 20; i++) {
            h = norm(h);
        }
        graph.output("y", h);
        assertThat(plan().bytes()).isEqualTo(3 * 8 * X.shape().size());
    }

    @Test
    void valuesInUseAtTheSameTimeDoNotOverlap() {
        Value x = graph.input("x", X);
        List<Value> kept = new ArrayList<>();
        Value h = x;
        for (int i = 0; i < 6; i++) {
            h = norm(h);
            kept.add(h);
        }
        for (Value k : kept.reversed()) {
            h = norm(graph.add(new Add(), h, k));
        }
        graph.output("y", h);
        Plan plan = plan();
        Storage storage = new Storage(graph);
        List<Value> roots = graph.nodes().stream()
                .flatMap(n -> List.of(n.output(0)).stream())
                .filter(v -> plan.root(v).equals(v) && plan.place(v) != null)
                .toList();
        assertThat(roots).hasSizeGreaterThan(6);
        for (Value a : roots) {
            for (Value b : roots) {
                boolean together = storage.first(a) <= storage.last(b) && storage.first(b) <= storage.last(a);
                if (!a.equals(b) && together) {
                    long distance = plan.place(a).offset() - plan.place(b).offset();
                    assertThat(Math.abs(distance))
                            .as("%s and %s", a, b)
                            .isGreaterThanOrEqualTo(8 * X.shape().size());
                }
            }
        }
    }

    @Test
    void anElementwiseResultTakesItsInputsPlaceOnlyWhenNobodyElseReadsIt() {
        Value h = norm(graph.input("x", X));
        Value first = graph.add(new Gelu(false), h);
        Value second = graph.add(new Gelu(false), h);
        graph.output("y", graph.add(new Add(), first, second));
        Plan plan = plan();
        assertThat(plan.root(first)).isEqualTo(first);
        assertThat(plan.root(second)).isEqualTo(h);
    }

    @Test
    void inputsAndOutputsAreNeverOverwritten() {
        Value x = graph.input("x", X);
        Value y = graph.add(new Gelu(false), x);
        graph.output("y", y);
        Value z = graph.add(new Gelu(false), y);
        graph.output("z", z);
        Plan plan = plan();
        assertThat(plan.root(y)).isEqualTo(y);
        assertThat(plan.root(z)).isEqualTo(z);
    }

    @Test
    void aReshapeSharesMemoryAndKeepsItAlive() {
        Value h = norm(graph.input("x", X));
        Value flat = graph.add(new Reshape(Shape.of(70)), h);
        Value later = norm(norm(h));
        Value y = graph.add(new Add(), graph.add(new Reshape(X.shape()), flat), later);
        graph.output("y", y);
        Plan plan = plan();
        assertThat(plan.root(flat)).isEqualTo(h);
        assertThat(plan.place(h)).isNotEqualTo(plan.place(plan.root(later)));
    }

    @Test
    void aVariableIsUpdatedInPlaceAfterItsLastReader() {
        Value average = graph.variable("average", C);
        Node update = graph.node(new ExponentialMovingAverage(0.5), "", List.of(average, bias));
        assertThat(plan().root(update.output(0))).isEqualTo(average);
        graph.output("late", graph.add(new Add(), average, bias));
        assertThatThrownBy(this::plan).hasMessageContaining("before it is read for the last time");
    }
}
