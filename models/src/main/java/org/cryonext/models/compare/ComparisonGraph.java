package org.cryonext.models.compare;

import java.util.List;
import java.util.Map;
import org.cryonext.engine.grad.Gradients;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.graph.Value;
import org.cryonext.engine.op.AdamW;
import org.cryonext.engine.op.SoftmaxCrossEntropy;
import org.cryonext.engine.op.Variable;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.engine.tensor.TensorType;
import org.cryonext.models.convnext.ConvNext;
import org.cryonext.models.convnext.ConvNextConfig;
import org.cryonext.models.convnext.Parameter;

/**
 * The graphs that a comparison runs: input {@code x}, and {@code labels} where there is a loss.
 *
 * @param graph outputs of the model, {@code loss} and {@code grad.PARAMETER} as asked for
 * @param hasLabels whether it has the input {@code labels}
 */
record ComparisonGraph(Graph graph, boolean hasLabels) {
    private static final double BETA1 = 0.9;
    private static final double BETA2 = 0.999;
    private static final double EPSILON = 1e-8;

    static ComparisonGraph of(ConvNextConfig config, TensorType x, boolean loss, boolean gradients) {
        Shape image = x.shape();
        Graph graph = ConvNext.inference(config, image.dim(0), image.dim(1), image.dim(2));
        if (loss || gradients) {
            Value value = loss(graph, graph.output("logits"));
            graph.output("loss", value);
            if (gradients) {
                gradients(graph, config, value).forEach((p, g) -> graph.output("grad." + name(p), g));
            }
        }
        return new ComparisonGraph(graph, loss || gradients);
    }

    /** A step of AdamW on every parameter, with the input {@code hyper} of {@link #hyper}. */
    static Graph training(ConvNextConfig config, TensorType x) {
        Graph graph = new Graph();
        ConvNext.Outputs outputs = ConvNext.add(graph, config, graph.input("x", x));
        Value hyper = graph.input("hyper", TensorType.f32(3));
        Value loss = loss(graph, outputs.logits());
        graph.output("loss", loss);
        gradients(graph, config, loss).forEach((p, g) -> {
            Value mean = graph.variable("adamw.m." + name(p), p.type());
            Value variance = graph.variable("adamw.v." + name(p), p.type());
            graph.add(new AdamW(BETA1, BETA2, EPSILON), p, g, mean, variance, hyper);
        });
        return graph;
    }

    /** What {@link AdamW} wants to know of step {@code step}, counted from 1. */
    static Tensor hyper(double rate, double decay, int step) {
        float[] values = {
            (float) (1 - rate * decay),
            (float) (rate / (1 - Math.pow(BETA1, step))),
            (float) Math.sqrt(1 - Math.pow(BETA2, step))
        };
        return Tensor.of(values, 3);
    }

    private static Value loss(Graph graph, Value logits) {
        Value labels = graph.input(
                "labels", new TensorType(DType.I32, Shape.of(logits.shape().dim(0))));
        return graph.add(new SoftmaxCrossEntropy(0), logits, labels);
    }

    private static Map<Value, Value> gradients(Graph graph, ConvNextConfig config, Value loss) {
        List<Value> parameters = Parameter.of(config).stream()
                .map(p -> graph.variables().get(p.name()))
                .toList();
        return Gradients.add(graph, loss, parameters);
    }

    private static String name(Value parameter) {
        return ((Variable) parameter.node().op()).name();
    }
}
