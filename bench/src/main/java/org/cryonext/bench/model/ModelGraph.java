package org.cryonext.bench.model;

import java.util.List;
import java.util.function.UnaryOperator;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.Precision;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.graph.Value;
import org.cryonext.engine.op.SoftmaxCrossEntropy;
import org.cryonext.engine.optim.AdamWSettings;
import org.cryonext.engine.optim.Optimizer;
import org.cryonext.engine.optim.ParameterGroup;
import org.cryonext.engine.pass.DeadNodes;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.TensorType;
import org.cryonext.models.convnext.ConvNext;
import org.cryonext.models.convnext.Passes;

/**
 * A model's graph as classification and training make it.
 *
 * @param graph input {@code x} [N, H, W, 3]; in inference output {@code logits}; in training input {@code labels} and output
 *     {@code loss}
 * @param optimizer what the graph updates; nothing in inference
 */
public record ModelGraph(Graph graph, Optimizer optimizer) {
    /** Of every step; small, so that the model stays what it is however long it is timed. */
    public static final double LEARNING_RATE = 1e-4;

    /** Of all trained parameters. */
    public static final double WEIGHT_DECAY = 0.01;

    /** The group that all trained parameters are in. */
    static final String GROUP = "all";

    /** The graph of a model at work, ready to be planned for a backend. */
    public static ModelGraph of(ModelSettings settings, Backend backend) {
        return of(settings, graph -> passes(graph, settings, backend));
    }

    /** Inference that moves the fewest bytes. */
    public static ModelGraph fewestBytes(ModelSettings settings, Backend backend) {
        return of(settings, graph -> Passes.fewestBytes(graph, backend));
    }

    private static ModelGraph of(ModelSettings settings, UnaryOperator<Graph> passes) {
        List<String> trained = settings.mode().trained(settings.config());
        boolean scaled = settings.mode().trains() && settings.precision() == Precision.F16;
        Optimizer optimizer = new Optimizer(
                List.of(new ParameterGroup(GROUP, trained, WEIGHT_DECAY)),
                AdamWSettings.defaults().withScaledLoss(scaled));
        int size = settings.imageSize();
        Graph graph = new Graph();
        Value x = graph.input("x", ConvNext.images(settings.config(), settings.batch(), size, size));
        Value logits = ConvNext.add(graph, settings.config(), x).logits();
        if (settings.mode().trains()) {
            TensorType type = new TensorType(DType.I32, Shape.of(settings.batch()));
            Value loss = graph.add(new SoftmaxCrossEntropy(0), logits, graph.input("labels", type));
            graph.output("loss", loss);
            optimizer.add(graph, loss);
        } else {
            graph.output("logits", logits);
        }
        return new ModelGraph(passes.apply(DeadNodes.remove(graph)), optimizer);
    }

    private static Graph passes(Graph graph, ModelSettings settings, Backend backend) {
        return settings.mode().trains()
                ? Passes.step(graph, "loss", backend, settings.recompute())
                : Passes.inference(graph, backend);
    }
}
