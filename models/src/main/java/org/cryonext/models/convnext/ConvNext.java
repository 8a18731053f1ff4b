package org.cryonext.models.convnext;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.graph.Node;
import org.cryonext.engine.graph.Value;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.op.Activation;
import org.cryonext.engine.op.DepthwiseConv;
import org.cryonext.engine.op.DropPath;
import org.cryonext.engine.op.Gelu;
import org.cryonext.engine.op.GlobalAveragePool;
import org.cryonext.engine.op.Grn;
import org.cryonext.engine.op.LayerNorm;
import org.cryonext.engine.op.Linear;
import org.cryonext.engine.op.Op;
import org.cryonext.engine.op.PatchConv;
import org.cryonext.engine.op.Residual;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.TensorType;

/**
 * Builds a ConvNeXt as an engine graph, one operator a layer; joining them is left to the engine's passes, which know
 * what a gradient still needs. Parameters are variables with the names of {@link Parameter}.
 */
public final class ConvNext {
    private static final String BLOCKS = ".blocks.";

    private final Graph graph;
    private final ConvNextConfig config;
    private final Value seed;
    private final Map<Parameter.Place, Value> parameters = new HashMap<>();

    private ConvNext(Graph graph, ConvNextConfig config, TensorType x, Value seed) {
        this.graph = graph;
        this.config = config;
        this.seed = seed;
        for (Parameter p : Parameter.of(config)) {
            TensorType type = new TensorType(x.dtype(), p.shape());
            parameters.put(p.place(), graph.variable(p.name(), type));
        }
    }

    /**
     * What a model computes.
     *
     * @param stem [N, H / 4, W / 4, dims 0], after its LayerNorm
     * @param stages the four stages' results, [N, H / 4 ... H / 32, W / 4 ... W / 32, dims i]
     * @param pooled [N, dims 3], the classifier's input: pooled and normalised
     * @param logits [N, classes]; null where there is no classifier
     */
    public record Outputs(Value stem, List<Value> stages, Value pooled, Value logits) {}

    /**
     * A graph of its own for inference: input {@code x} [N, H, W, 3]; outputs {@code pooled}, {@code stem},
     * {@code stage0} to {@code stage3}, and {@code logits} where there is a classifier.
     *
     * @throws InputException if the image is too small
     */
    public static Graph inference(ConvNextConfig config, long batch, long height, long width) {
        Graph graph = new Graph();
        Outputs outputs = add(graph, config, graph.input("x", TensorType.f32(batch, height, width, 3)));
        if (config.hasClassifier()) {
            graph.output("logits", outputs.logits());
        }
        graph.output("pooled", outputs.pooled());
        graph.output("stem", outputs.stem());
        for (int s = 0; s < ConvNextConfig.STAGES; s++) {
            graph.output("stage" + s, outputs.stages().get(s));
        }
        return graph;
    }

    /**
     * Adds a model without drop path to a graph.
     *
     * @param x images [N, H, W, 3]
     * @throws InputException if the image is too small
     */
    public static Outputs add(Graph graph, ConvNextConfig config, Value x) {
        return new ConvNext(graph, config, x.type(), null).build(x);
    }

    /**
     * Adds a model as it is trained, with drop path at the configuration's rate, to a graph.
     *
     * @param x images [N, H, W, 3]
     * @param seed I32 [2], changed by the caller for every step; block {@code b} of all blocks draws from stream b
     * @throws InputException if the image is too small
     */
    public static Outputs addTraining(Graph graph, ConvNextConfig config, Value x, Value seed) {
        return new ConvNext(graph, config, x.type(), seed).build(x);
    }

    /** Smallest height and width of an image: one pixel must be left in the last stage. */
    public static int minimumSize(ConvNextConfig config) {
        return config.patchSize() << ConvNextConfig.STAGES - 1;
    }

    /** Whether a node's results are read within its block alone: all of a block but its end. */
    public static boolean isWithinBlock(Node node) {
        return node.scope().contains(BLOCKS) && !(node.op() instanceof Residual);
    }

    private Outputs build(Value x) {
        Shape image = x.shape();
        int smallest = minimumSize(config);
        if (image.dim(1) < smallest || image.dim(2) < smallest) {
            throw new InputException("An image of " + image.dim(1) + " x " + image.dim(2)
                    + " pixels is too small for this ConvNeXt; it needs at least " + smallest + " x " + smallest);
        }
        graph.scope("stem");
        Value h = apply(new PatchConv(config.patchSize()), x, Layer.STEM_CONV, -1, -1);
        Value stem = apply(new LayerNorm(ConvNextConfig.EPSILON), h, Layer.STEM_NORM, -1, -1);
        List<Value> stages = new ArrayList<>();
        h = stem;
        int stream = 0;
        for (int s = 0; s < ConvNextConfig.STAGES; s++) {
            if (s > 0) {
                graph.scope("stages." + s + ".downsample");
                h = apply(new LayerNorm(ConvNextConfig.EPSILON), h, Layer.DOWNSAMPLE_NORM, s, -1);
                h = apply(new PatchConv(2), h, Layer.DOWNSAMPLE_CONV, s, -1);
            }
            for (int b = 0; b < config.depths().get(s); b++) {
                h = block(h, s, b, stream++);
            }
            stages.add(h);
        }
        graph.scope("head");
        Value pooled = graph.add(new GlobalAveragePool(), h);
        pooled = apply(new LayerNorm(config.headEpsilon()), pooled, Layer.FINAL_NORM, -1, -1);
        Value logits = config.hasClassifier() ? apply(new Linear(), pooled, Layer.CLASSIFIER, -1, -1) : null;
        graph.scope("");
        return new Outputs(stem, List.copyOf(stages), pooled, logits);
    }

    private Value block(Value x, int stage, int block, int stream) {
        graph.scope("stages." + stage + BLOCKS + block);
        Value h = apply(new DepthwiseConv(ConvNextConfig.KERNEL), x, Layer.DEPTHWISE, stage, block);
        h = apply(new LayerNorm(ConvNextConfig.EPSILON), h, Layer.NORM, stage, block);
        h = apply(new Linear(), h, Layer.EXPAND, stage, block);
        h = graph.add(new Gelu(config.activation() == Activation.GELU_TANH), h);
        if (config.version() == Version.V2) {
            h = apply(new Grn(ConvNextConfig.EPSILON), h, Layer.GRN, stage, block);
        }
        h = apply(new Linear(), h, Layer.CONTRACT, stage, block);
        double drop = config.dropPathRate(stage, block);
        Value keep = seed != null && drop > 0
                ? graph.add(
                        new DropPath(
                                drop,
                                stream,
                                x.type().withShape(Shape.of(x.shape().dim(0)))),
                        seed)
                : null;
        return graph.add(
                new Residual(),
                x,
                h,
                parameters.get(new Parameter.Place(Layer.LAYER_SCALE, stage, block, false)),
                keep);
    }

    private Value apply(Op op, Value x, Layer layer, int stage, int block) {
        return graph.add(
                op,
                x,
                parameters.get(new Parameter.Place(layer, stage, block, false)),
                parameters.get(new Parameter.Place(layer, stage, block, true)));
    }
}
