package org.cryonext.models.compare;

import java.util.List;
import java.util.Map;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.grad.Gradients;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.graph.Value;
import org.cryonext.engine.op.SoftmaxCrossEntropy;
import org.cryonext.engine.optim.Optimizer;
import org.cryonext.engine.pass.DeadNodes;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.TensorType;
import org.cryonext.models.convnext.ConvNext;
import org.cryonext.models.convnext.ConvNextConfig;
import org.cryonext.models.convnext.Parameter;
import org.cryonext.models.convnext.Passes;

/** The graphs that a comparison runs, after the same passes as in classification and training. */
final class ComparisonGraph {
    private static final String LOSS = "loss";

    private ComparisonGraph() {}

    /**
     * Input {@code x} and, for the loss or gradients, {@code labels}; the model's outputs, {@code loss} and
     * {@code grad.PARAMETER} for every parameter.
     */
    static Graph outputs(ConvNextConfig config, TensorType x, boolean loss, boolean gradients, Backend backend) {
        Shape image = x.shape();
        Graph graph = ConvNext.inference(config, image.dim(0), image.dim(1), image.dim(2));
        if (loss || gradients) {
            graph.output(LOSS, loss(graph, graph.output("logits")));
        }
        if (gradients) {
            List<Parameter> parameters = Parameter.of(config);
            Map<Value, Value> found = Gradients.add(
                    graph,
                    graph.output(LOSS),
                    parameters.stream()
                            .map(p -> graph.variables().get(p.name()))
                            .toList());
            for (Parameter p : parameters) {
                graph.output("grad." + p.name(), found.get(graph.variables().get(p.name())));
            }
        }
        return gradients ? Passes.step(graph, LOSS, backend, false) : Passes.forward(graph, backend);
    }

    /** One step of an optimiser; inputs {@code x} and {@code labels}. */
    static Graph training(ConvNextConfig config, TensorType x, Optimizer optimizer, Backend backend) {
        Graph graph = new Graph();
        ConvNext.Outputs outputs = ConvNext.add(graph, config, graph.input("x", x));
        Value loss = loss(graph, outputs.logits());
        graph.output(LOSS, loss);
        optimizer.add(graph, loss);
        return Passes.step(DeadNodes.remove(graph), LOSS, backend, false);
    }

    private static Value loss(Graph graph, Value logits) {
        Value labels = graph.input(
                "labels", new TensorType(DType.I32, Shape.of(logits.shape().dim(0))));
        return graph.add(new SoftmaxCrossEntropy(0), logits, labels);
    }
}
