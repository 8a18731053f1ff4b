package org.cryonext.engine.optim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.cryonext.engine.backend.reference.ReferenceBackend;
import org.cryonext.engine.cases.CaseInput;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.graph.Value;
import org.cryonext.engine.op.Linear;
import org.cryonext.engine.op.SoftmaxCrossEntropy;
import org.cryonext.engine.op.UnscaleGradients;
import org.cryonext.engine.runtime.Program;
import org.cryonext.engine.runtime.Variables;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.engine.tensor.TensorType;
import org.junit.jupiter.api.Test;

class ScaledLossTest {
    private static final Map<String, Double> RATE = Map.of("all", 1e-2);

    private final ReferenceBackend backend = new ReferenceBackend();
    private final Variables variables = new Variables(backend);

    private static Optimizer optimizer(double clipNorm, boolean scaled) {
        AdamWSettings settings = new AdamWSettings(0.9, 0.999, 1e-8, clipNorm, 0, scaled);
        return new Optimizer(List.of(new ParameterGroup("all", List.of("weight"), 0.01)), settings);
    }

    private Program program(Optimizer optimizer) {
        Graph graph = new Graph();
        Value weight = graph.variable("weight", TensorType.f32(3, 6));
        Value logits = graph.add(new Linear(), graph.input("x", TensorType.f32(4, 6)), weight);
        Value labels = graph.input("labels", new TensorType(DType.I32, Shape.of(4)));
        Value loss = graph.add(new SoftmaxCrossEntropy(0), logits, labels);
        graph.output("loss", loss);
        optimizer.add(graph, loss);
        variables.set("weight", CaseInput.normal(3, 6).tensor(1));
        optimizer.begin(variables);
        Program program = Program.compile(graph, variables);
        program.set("x", CaseInput.normal(4, 6).tensor(2));
        program.set("labels", Tensor.of(new int[] {0, 2, 1, 1}, 4));
        return program;
    }

    private float[] trained(double clipNorm, boolean scaled) {
        Optimizer optimizer = optimizer(clipNorm, scaled);
        Program program = program(optimizer);
        for (int step = 0; step < 3; step++) {
            optimizer.next(program, RATE);
            program.run();
            assertThat(optimizer.made(program)).isTrue();
        }
        return variables.get("weight").toFloats();
    }

    @Test
    void theScaleLeavesTheUpdatesAsTheyAre() {
        for (double clipNorm : new double[] {0, 0.05}) {
            float[] plain = trained(clipNorm, false);
            float[] scaled = trained(clipNorm, true);
            for (int i = 0; i < plain.length; i++) {
                assertThat(scaled[i]).isCloseTo(plain[i], org.assertj.core.data.Offset.offset(1e-7f));
            }
            assertThat(plain).isNotEqualTo(CaseInput.normal(3, 6).tensor(1).toFloats());
        }
    }

    @Test
    void aStepWhoseGradientsAreNotFiniteIsLeftOutAndTheScaleFalls() {
        Optimizer optimizer = optimizer(0, true);
        Program program = program(optimizer);
        program.set("x", CaseInput.normal(100.0, 4, 6).tensor(2));
        variables.set(Optimizer.LOSS_SCALE, Tensor.of(new float[] {3e38f}, 1));
        float[] before = variables.get("weight").toFloats();
        int leftOut = 0;
        while (true) {
            optimizer.next(program, RATE);
            program.run();
            if (optimizer.made(program)) {
                break;
            }
            leftOut++;
            assertThat(variables.get("weight").toFloats()).isEqualTo(before);
            assertThat(variables.get(Optimizer.firstMoment("weight")).toFloats())
                    .containsOnly(0);
            assertThat(optimizer.steps()).isZero();
        }
        assertThat(leftOut).isPositive();
        assertThat(variables.get(Optimizer.LOSS_SCALE).get(0)).isEqualTo(3e38f / (1 << leftOut));
        assertThat(optimizer.steps()).isEqualTo(1);
        assertThat(variables.get("weight").toFloats()).isNotEqualTo(before);
    }

    @Test
    void aTrainingBeginsAnewInTheProgramThatWasBound() {
        Optimizer optimizer = optimizer(0, true);
        Program program = program(optimizer);
        float[][] trained = new float[2][];
        for (int time = 0; time < 2; time++) {
            variables.set("weight", CaseInput.normal(3, 6).tensor(1));
            optimizer.begin(variables);
            for (int step = 0; step < 3; step++) {
                optimizer.next(program, RATE);
                program.run();
                assertThat(optimizer.made(program)).isTrue();
            }
            trained[time] = variables.get("weight").toFloats();
        }
        assertThat(trained[1]).isEqualTo(trained[0]);
    }

    @Test
    void theScaleGrowsAfterManyGoodSteps() {
        Optimizer optimizer = optimizer(0, true);
        Program program = program(optimizer);
        for (int step = 0; step < 2000; step++) {
            assertThat(variables.get(Optimizer.LOSS_SCALE).get(0)).isEqualTo(UnscaleGradients.FIRST_SCALE);
            optimizer.next(program, RATE);
            program.run();
        }
        assertThat(variables.get(Optimizer.LOSS_SCALE).get(0)).isEqualTo(2 * UnscaleGradients.FIRST_SCALE);
    }
}
