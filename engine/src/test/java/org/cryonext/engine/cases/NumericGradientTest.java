package org.cryonext.engine.cases;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.cryonext.engine.backend.reference.ReferenceBackend;
import org.cryonext.engine.grad.Gradients;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.graph.Node;
import org.cryonext.engine.graph.Value;
import org.cryonext.engine.op.Add;
import org.cryonext.engine.op.DepthwiseConv;
import org.cryonext.engine.op.Dropout;
import org.cryonext.engine.op.Fill;
import org.cryonext.engine.op.Gelu;
import org.cryonext.engine.op.GlobalAveragePool;
import org.cryonext.engine.op.Grn;
import org.cryonext.engine.op.Input;
import org.cryonext.engine.op.LayerNorm;
import org.cryonext.engine.op.Linear;
import org.cryonext.engine.op.PatchConv;
import org.cryonext.engine.op.Reshape;
import org.cryonext.engine.op.Residual;
import org.cryonext.engine.op.SoftmaxCrossEntropy;
import org.cryonext.engine.runtime.Program;
import org.cryonext.engine.runtime.Variables;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.engine.tensor.TensorType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every gradient rule against central differences, in double on the reference backend. An operator that is not among
 * the differentiable ones must say that it has no rule.
 */
class NumericGradientTest {
    private static final List<Class<?>> DIFFERENTIABLE = List.of(
            Linear.class,
            DepthwiseConv.class,
            PatchConv.class,
            LayerNorm.class,
            Gelu.class,
            Grn.class,
            Residual.class,
            Add.class,
            Dropout.class,
            GlobalAveragePool.class,
            SoftmaxCrossEntropy.class);
    /** Inputs that no gradient flows to. */
    private static final List<String> CONSTANTS = List.of("keep", "weights", "labels", "others", "part", "seed");

    private static final int LARGEST = 3000;
    private static final int PROBES = 24;

    static Stream<OpCase> cases() {
        return OpCases.tests()
                .filter(c -> DIFFERENTIABLE.contains(c.op().getClass()))
                .filter(c -> c.inputs().stream()
                        .allMatch(i -> i == null || i.type().shape().size() <= LARGEST));
    }

    /** A case of each operator without a rule; Fill reads nothing that a gradient could flow to. */
    static Stream<OpCase> casesWithoutRule() {
        return OpCases.lines().stream()
                .map(line -> line.tests().getFirst())
                .filter(c -> !DIFFERENTIABLE.contains(c.op().getClass()) && !(c.op() instanceof Fill));
    }

    @ParameterizedTest
    @MethodSource("casesWithoutRule")
    void anOperatorWithoutARuleSaysSo(OpCase c) {
        Graph graph = c.graph(DType.F64);
        Value y = graph.output("y0");
        List<Value> targets =
                y.node().inputs().stream().filter(v -> v != null).limit(1).toList();
        assertThatThrownBy(() -> Gradients.add(graph, y, targets))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessage(c.op() + " has no gradient rule");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void gradientIsTheSlope(OpCase c) {
        Graph graph = new Graph();
        List<Value> inputs = new ArrayList<>();
        List<Value> targets = new ArrayList<>();
        for (int i = 0; i < c.inputs().size(); i++) {
            CaseInput input = c.inputs().get(i);
            if (input == null) {
                inputs.add(null);
                continue;
            }
            boolean real = input.type().dtype() == DType.F32;
            Value value = graph.input(
                    c.inputName(i),
                    new TensorType(real ? DType.F64 : DType.I32, input.type().shape()));
            inputs.add(value);
            if (real && !CONSTANTS.contains(c.inputName(i))) {
                targets.add(value);
            }
        }
        Node node = graph.node(c.op(), "", inputs);
        // A random weighting of all outputs makes the loss depend on each of them in its own way.
        long size = node.output(0).shape().size();
        Value flat = graph.add(new Reshape(Shape.of(1, size)), node.output(0));
        Value weighting = graph.input("weighting", new TensorType(DType.F64, Shape.of(1, size)));
        Value loss = graph.add(new Reshape(Shape.of(1)), graph.add(new Linear(), flat, weighting));
        graph.output("loss", loss);
        Map<Value, Value> gradients = Gradients.add(graph, loss, targets);
        for (Value target : targets) {
            graph.output("d" + name(target), gradients.get(target));
        }
        try (ReferenceBackend backend = new ReferenceBackend();
                Variables variables = new Variables(backend);
                Program program = Program.compile(graph, variables)) {
            program.set("weighting", CaseInput.normal(1, size).tensor(7).to(DType.F64));
            List<Tensor> values = c.values();
            for (int i = 0; i < values.size(); i++) {
                if (values.get(i) != null) {
                    program.set(c.inputName(i), values.get(i));
                }
            }
            program.run();
            Map<String, Tensor> analytic = new LinkedHashMap<>();
            for (Value target : targets) {
                analytic.put(name(target), program.get("d" + name(target)));
            }
            analytic.forEach((name, gradient) -> compare(program, c, name, gradient));
        }
    }

    private static String name(Value target) {
        return ((Input) target.node().op()).name();
    }

    private static void compare(Program program, OpCase c, String name, Tensor analytic) {
        int index = c.op().slots().index(name);
        Tensor value = c.values().get(index).to(DType.F64);
        double largest = 0;
        for (long i = 0; i < analytic.size(); i++) {
            largest = Math.max(largest, Math.abs(analytic.get(i)));
        }
        double deviation = c.inputs().get(index).scale();
        // The loss is curved on the scale of 1 and of that size, however small its logits are.
        double step = c.op() instanceof SoftmaxCrossEntropy ? 1e-5 : 1e-5 * deviation;
        SplittableRandom random = new SplittableRandom(3);
        for (int probe = 0; probe < Math.min(PROBES, value.size()); probe++) {
            long at = value.size() <= PROBES ? probe : random.nextLong(value.size());
            double before = value.get(at);
            value.set(at, before + step);
            program.set(name, value);
            program.run();
            double above = program.get("loss").get(0);
            value.set(at, before - step);
            program.set(name, value);
            program.run();
            double below = program.get("loss").get(0);
            value.set(at, before);
            double slope = (above - below) / (2 * step);
            assertThat(Math.abs(slope - analytic.get(at)))
                    .as("%s: d%s[%d] is %s, the slope is %s", c, name, at, analytic.get(at), slope)
                    .isLessThanOrEqualTo(1e-5 * largest + 1e-10);
        }
        program.set(name, value);
    }
}
