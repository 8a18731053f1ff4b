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
import org.cryonext.engine.op.Add;
import org.cryonext.engine.op.DepthwiseConv;
import org.cryonext.engine.op.DropPath;
import org.cryonext.engine.op.Gelu;
import org.cryonext.engine.op.GlobalAveragePool;
import org.cryonext.engine.op.Grn;
import org.cryonext.engine.op.LayerNorm;
import org.cryonext.engine.op.Linear;
import org.cryonext.engine.op.Op;
import org.cryonext.engine.op.PatchConv;
import org.cryonext.engine.op.Reshape;
import org.cryonext.engine.op.Residual;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.TensorType;

/**
 * Builds a ConvNeXt as an engine graph, one operator a layer; joining them is left to the engine's passes, which know
 * what a gradient still needs. Parameters are variables with the names of {@link Parameter}.
 */
public final class ConvNext {
    /** Name of the graph's input for the numbers beside the features. */
    public static final String PROFILE = "profile";

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
     * @param pooled [S, dims 3], the classifier's input for each of the S samples: pooled and normalised; [S, images x
     *     dims 3] where features of several images are put one behind another
     * @param logits [S, classes]; null where there is no classifier
     */
    public record Outputs(Value stem, List<Value> stages, Value pooled, Value logits) {}

    /**
     * A graph of its own for inference: input {@code x} [N, H, W, C], and as in {@link #add} the profile; outputs {@code pooled}, {@code stem},
     * {@code stage0} to {@code stage3}, and {@code logits} where there is a classifier.
     *
     * @throws InputException if the image is too small
     */
    public static Graph inference(ConvNextConfig config, long batch, long height, long width) {
        Graph graph = new Graph();
        Outputs outputs = add(graph, config, graph.input("x", images(config, batch, height, width)));
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

    /** The type of a batch of images, [N, H, W, C]. */
    public static TensorType images(ConvNextConfig config, long batch, long height, long width) {
        return TensorType.f32(batch, height, width, config.channels());
    }

    /**
     * Adds a model without drop path to a graph. Where its head reads a profile, that is the input {@value #PROFILE}
     * [S, profile] of the graph, S being the samples.
     *
     * @param x images [N, H, W, C]; a multiple of those of a sample, which follow one another
     * @throws InputException if the image is too small
     */
    public static Outputs add(Graph graph, ConvNextConfig config, Value x) {
        return new ConvNext(graph, config, x.type(), null).build(x);
    }

    /**
     * Adds a model as it is trained, with drop path at the configuration's rate, to a graph; else as {@link #add}.
     *
     * @param x images [N, H, W, C]
     * @param seed I32 [2], changed by the caller for every step; block {@code b} of all blocks draws from stream b
     * @throws InputException if the image is too small
     */
    public static Outputs addTraining(Graph graph, ConvNextConfig config, Value x, Value seed) {
        return new ConvNext(graph, config, x.type(), seed).build(x);
    }

    /** Smallest height and width of an image: one pixel must be left in the last stage. */
    public static int minimumSize(ConvNextConfig config) {
        return minimumSize(config.patchSize());
    }

    /** That of any network whose stem has patches of so many pixels. */
    public static int minimumSize(int patchSize) {
        return patchSize << ConvNextConfig.STAGES - 1;
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
        Value pooled = pooled(h);
        Value logits = config.hasClassifier() ? logits(pooled) : null;
        graph.scope("");
        return new Outputs(stem, List.copyOf(stages), pooled, logits);
    }

    private Value pooled(Value h) {
        HeadInput head = config.head();
        Shape map = h.shape();
        long samples = map.dim(0) / head.images();
        if (samples * head.images() != map.dim(0)) {
            throw new InputException(map.dim(0) + " images, of which " + head.images()
                    + " make a sample of this ConvNeXt; a multiple of that was expected");
        }
        if (head.features() == HeadInput.Features.MEAN) {
            // The images of a sample become one tall image, so that one pooling averages over all of them.
            h = graph.add(new Reshape(Shape.of(samples, head.images() * map.dim(1), map.dim(2), map.dim(3))), h);
        }
        Value pooled = graph.add(new GlobalAveragePool(), h);
        pooled = apply(new LayerNorm(config.headEpsilon()), pooled, Layer.FINAL_NORM, -1, -1);
        return head.features() == HeadInput.Features.CONCAT
                ? graph.add(new Reshape(Shape.of(samples, head.inputs(map.dim(3)))), pooled)
                : pooled;
    }

    private Value logits(Value pooled) {
        Value logits = apply(new Linear(), pooled, Layer.CLASSIFIER, -1, -1);
        if (config.head().profile() == 0) {
            return logits;
        }
        // One matrix over features and profile, in two parts: nothing has to be copied side by side.
        Value profile = graph.input(
                PROFILE,
                pooled.type()
                        .withShape(Shape.of(pooled.shape().dim(0), config.head().profile())));
        return graph.add(new Add(), logits, apply(new Linear(), profile, Layer.PROFILE, -1, -1));
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
