package org.cryonext.engine.graph;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.cryonext.engine.op.Add;
import org.cryonext.engine.op.LayerNorm;
import org.cryonext.engine.op.Linear;
import org.cryonext.engine.tensor.TensorType;
import org.junit.jupiter.api.Test;

class GraphTest {
    private final Graph graph = new Graph();
    private final Value x = graph.input("x", TensorType.f32(2, 6));

    @Test
    void shapesThatDoNotFitAreNamed() {
        assertThatThrownBy(() -> graph.add(new Linear(), x, graph.variable("w", TensorType.f32(3, 5))))
                .hasMessageContaining("weight is [3, 5], expected [3, 6]");
    }

    @Test
    void aMissingInputIsNamed() {
        assertThatThrownBy(() -> graph.add(new LayerNorm(1e-6), x)).hasMessageContaining("lacks its input weight");
    }

    @Test
    void valuesOfAnotherGraphAreRefused() {
        Value foreign = new Graph().input("x", TensorType.f32(2, 6));
        assertThatThrownBy(() -> graph.add(new Add(), x, foreign)).hasMessageContaining("another graph");
    }

    @Test
    void oneNameHasOneType() {
        assertThatThrownBy(() -> graph.input("x", TensorType.f32(3))).hasMessageContaining("x is F32 [2, 6] already");
    }
}
