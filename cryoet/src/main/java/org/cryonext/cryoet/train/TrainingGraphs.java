package org.cryonext.cryoet.train;

import java.util.Set;
import org.cryonext.cryoet.run.Hyperparameters;
import org.cryonext.cryoet.run.NetworkInput;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.graph.GraphCopy;
import org.cryonext.engine.graph.Node;
import org.cryonext.engine.graph.Value;
import org.cryonext.engine.op.GlobalAveragePool;
import org.cryonext.engine.op.Reshape;
import org.cryonext.engine.op.SoftmaxCrossEntropy;
import org.cryonext.engine.op.Variable;
import org.cryonext.engine.optim.Optimizer;
import org.cryonext.engine.pass.DeadNodes;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.TensorType;
import org.cryonext.models.convnext.ConvNext;
import org.cryonext.models.convnext.ConvNextConfig;

/** The graphs of training and validation for batches of particles, before they are split and fused. */
final class TrainingGraphs {
    static final String IMAGES = "x";
    static final String LABELS = "labels";
    static final String OTHERS = "others";
    static final String PART = "part";
    static final String CLASS_WEIGHTS = "class_weights";
    static final String SEED = "seed";
    static final String LOSS = "loss";
    static final String LOGITS = "logits";

    private final ConvNextConfig config;
    private final NetworkInput input;
    private final Hyperparameters numbers;

    TrainingGraphs(ConvNextConfig config, NetworkInput input, Hyperparameters numbers) {
        this.config = config;
        this.input = input;
        this.numbers = numbers;
    }

    /**
     * A step of training. Inputs {@code x} [particles * images, H, W, C], {@code labels} I32 [particles], where classes
     * are weighed {@code class_weights} [classes], where samples are mixed {@code others} I32 [particles] and {@code part}
     * [1], where blocks are dropped {@code seed} I32 [2], and the optimiser's; outputs {@code loss} [1] and {@code logits} [particles, classes].
     */
    Graph training(int particles, Optimizer optimizer) {
        Graph graph = new Graph();
        Value x = images(graph, particles);
        Value seed = config.dropPathRate() > 0 ? graph.input(SEED, new TensorType(DType.I32, Shape.of(2))) : null;
        Value logits = mean(graph, ConvNext.addTraining(graph, config, x, seed).logits(), particles);
        Value labels = graph.input(LABELS, new TensorType(DType.I32, Shape.of(particles)));
        Value weights =
                numbers.classWeights().isEmpty() ? null : graph.input(CLASS_WEIGHTS, TensorType.f32(config.classes()));
        boolean mixed = numbers.mixup() > 0;
        Value others = mixed ? graph.input(OTHERS, labels.type()) : null;
        Value part = mixed ? graph.input(PART, TensorType.f32(1)) : null;
        Value loss = graph.add(
                new SoftmaxCrossEntropy(numbers.labelSmoothing(), numbers.focal()),
                logits,
                labels,
                weights,
                others,
                part);
        graph.output(LOSS, loss);
        graph.output(LOGITS, logits);
        optimizer.add(graph, loss);
        return graph;
    }

    /**
     * The network as it is used. Input {@code x} as in training, output {@code logits} [particles, classes].
     *
     * @param averaged parameters whose moving average takes their place
     */
    Graph evaluation(int particles, Set<String> averaged) {
        Graph graph = new Graph();
        Value x = images(graph, particles);
        graph.output(LOGITS, mean(graph, ConvNext.add(graph, config, x).logits(), particles));
        return withAverages(DeadNodes.remove(graph), averaged);
    }

    private Value images(Graph graph, int particles) {
        long images = Math.multiplyExact((long) particles, input.images());
        return graph.input(IMAGES, ConvNext.images(config, images, input.imageSize(), input.imageSize()));
    }

    /** The study averages the views' logits before the loss; where features were joined, a particle has but one row. */
    private Value mean(Graph graph, Value logits, int particles) {
        if (!config.head().isOfOneImage()) {
            return logits;
        }
        Shape grouped = Shape.of(particles, input.images(), config.classes());
        return graph.add(new GlobalAveragePool(), graph.add(new Reshape(grouped), logits));
    }

    private static Graph withAverages(Graph graph, Set<String> averaged) {
        Graph result = new Graph();
        GraphCopy copy = new GraphCopy(result);
        for (Node node : graph.nodes()) {
            if (node.op() instanceof Variable variable && averaged.contains(variable.name())) {
                copy.map(node.output(0), result.variable(Optimizer.average(variable.name()), variable.type()));
            } else {
                copy.copy(node);
            }
        }
        copy.outputs(graph);
        return result;
    }
}
