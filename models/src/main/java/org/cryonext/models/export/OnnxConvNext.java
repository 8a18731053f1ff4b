package org.cryonext.models.export;

import java.util.List;
import org.cryonext.engine.tensor.DType;
import org.cryonext.models.checkpoint.Checkpoint;
import org.cryonext.models.convnext.ConvNextConfig;
import org.cryonext.models.convnext.HeadInput;
import org.cryonext.models.convnext.Layer;

/**
 * Adds a ConvNeXt to an ONNX graph, images [N, C, H, W] to logits [S, classes] of the S samples that they make, in the order of operators that PyTorch's
 * exporter gives Hugging Face's model. Nothing in it depends on N, H and W.
 */
public final class OnnxConvNext {
    private final OnnxGraph graph;
    private final ConvNextConfig config;
    private final Weights weights;
    private final DType type;

    private OnnxConvNext(OnnxGraph graph, Checkpoint checkpoint, DType type) {
        this.graph = graph;
        this.config = checkpoint.config();
        this.weights = new Weights(graph, checkpoint);
        this.type = type;
    }

    /**
     * Adds a network.
     *
     * @param type of weights and computation: F32; or F16, where GRN and the head are computed in F32 all the same and
     *     LayerNorm has its statistics in F32
     * @param images F32 [N, C, H, W]
     * @return logits, F32 [S, classes]; of a network without a classifier its features, F32 [S, dims 3]
     */
    public static OnnxValue add(OnnxGraph graph, Checkpoint checkpoint, DType type, OnnxValue images) {
        return add(graph, checkpoint, type, images, null);
    }

    /**
     * Adds a network that may read a profile.
     *
     * @param profile F32 [S, profile]; null where the network's head reads none
     */
    public static OnnxValue add(
            OnnxGraph graph, Checkpoint checkpoint, DType type, OnnxValue images, OnnxValue profile) {
        return new OnnxConvNext(graph, checkpoint, type).build(images, profile);
    }

    private OnnxValue build(OnnxValue images, OnnxValue profile) {
        graph.scope("stem");
        OnnxValue h = convolution(graph.cast(images, type), Layer.STEM_CONV, -1, config.patchSize());
        h = channelsLast(h);
        h = norm(h, Layer.STEM_NORM, -1, -1);
        h = channelsFirst(h);
        OnnxBlock block = new OnnxBlock(graph, config, weights, type);
        for (int s = 0; s < ConvNextConfig.STAGES; s++) {
            if (s > 0) {
                graph.scope("stages." + s + ".downsample");
                h = norm(channelsLast(h), Layer.DOWNSAMPLE_NORM, s, -1);
                h = convolution(channelsFirst(h), Layer.DOWNSAMPLE_CONV, s, 2);
            }
            for (int b = 0; b < config.depths().get(s); b++) {
                h = block.add(h, s, b);
            }
        }
        return head(h, profile);
    }

    /** Every value of the last stage counts for the logits, so the few sums of the head are taken in F32. */
    private OnnxValue head(OnnxValue x, OnnxValue profile) {
        graph.scope("head");
        HeadInput head = config.head();
        OnnxValue h = graph.add("GlobalAveragePool", List.of(graph.cast(x, DType.F32)));
        h = graph.add("Flatten", List.of(h), new Attribute.Whole("axis", 1));
        if (head.features() == HeadInput.Features.MEAN) {
            // All images have the same pixels, so that the mean of their means is the mean over all pixels.
            h = graph.reduce("ReduceMean", graph.reshape(h, -1, head.images(), config.features()), false, 1);
        }
        h = norm(h, Layer.FINAL_NORM, -1, -1);
        if (head.features() == HeadInput.Features.CONCAT) {
            h = graph.reshape(h, -1, head.inputs(config.features()));
        }
        if (!config.hasClassifier()) {
            return h;
        }
        OnnxValue weight = weights.weight(DType.F32, Layer.CLASSIFIER, -1, -1);
        OnnxValue bias = weights.bias(DType.F32, Layer.CLASSIFIER, -1, -1);
        Attribute transposed = new Attribute.Whole("transB", 1);
        OnnxValue logits = graph.add("Gemm", List.of(h, weight, bias), transposed);
        if (head.profile() == 0) {
            return logits;
        }
        OnnxValue part = weights.weight(DType.F32, Layer.PROFILE, -1, -1);
        return graph.add("Gemm", List.of(profile, part, logits), transposed);
    }

    private OnnxValue convolution(OnnxValue x, Layer layer, int stage, int patch) {
        return graph.add(
                "Conv",
                List.of(x, weights.weight(type, layer, stage, -1), weights.bias(type, layer, stage, -1)),
                Attribute.Wholes.of("kernel_shape", patch, patch),
                Attribute.Wholes.of("strides", patch, patch));
    }

    private OnnxValue norm(OnnxValue x, Layer layer, int stage, int block) {
        double epsilon = layer == Layer.FINAL_NORM ? config.headEpsilon() : ConvNextConfig.EPSILON;
        return OnnxBlock.norm(graph, weights, x, layer, stage, block, epsilon);
    }

    private OnnxValue channelsLast(OnnxValue x) {
        return graph.transpose(x, 0, 2, 3, 1);
    }

    private OnnxValue channelsFirst(OnnxValue x) {
        return graph.transpose(x, 0, 3, 1, 2);
    }
}
