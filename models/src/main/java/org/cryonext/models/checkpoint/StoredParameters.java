package org.cryonext.models.checkpoint;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.engine.tensor.TensorType;
import org.cryonext.models.convnext.ConvNextConfig;
import org.cryonext.models.convnext.Layer;
import org.cryonext.models.convnext.Parameter;
import org.cryonext.models.convnext.Version;

/**
 * A model's parameters as a file stores them. Two networks that timm builds are the same model with fewer or more tensors:
 * where no convolution has a bias ({@code conv_bias=False}), all of them are zeros; a layer scale in V2 ({@code use_grn}
 * with {@code ls_init_value}), which has none of its own, is multiplied into the linear layer before it.
 */
final class StoredParameters {
    private static final Set<Layer> CONVOLUTIONS = EnumSet.of(Layer.STEM_CONV, Layer.DOWNSAMPLE_CONV, Layer.DEPTHWISE);

    private final WeightFile weights;
    private final List<Parameter> parameters;
    private final Set<Parameter> zeros = new HashSet<>();
    private final boolean scaled;

    /**
     * @param model what needs the parameters, for messages
     * @throws org.cryonext.engine.io.InputException if the file lacks one, has one of another shape, or holds more
     */
    StoredParameters(WeightFile weights, ConvNextConfig config, String model) {
        this.weights = weights;
        this.parameters = Parameter.of(config);
        List<Parameter> biases = parameters.stream()
                .filter(p -> p.bias() && CONVOLUTIONS.contains(p.layer()))
                .toList();
        if (biases.stream().noneMatch(weights::has)) {
            zeros.addAll(biases);
        }
        List<Parameter> scales = config.version() == Version.V2 ? scales(config) : List.of();
        scaled = scales.stream().anyMatch(weights::has);
        List<Parameter> stored = new ArrayList<>(parameters);
        stored.removeAll(zeros);
        if (scaled) {
            stored.addAll(scales);
        }
        stored.forEach(p -> weights.require(p, model));
        weights.requireNothingElse(stored, model);
    }

    private static List<Parameter> scales(ConvNextConfig config) {
        List<Parameter> scales = new ArrayList<>();
        for (int stage = 0; stage < ConvNextConfig.STAGES; stage++) {
            for (int block = 0; block < config.depths().get(stage); block++) {
                scales.add(scale(stage, block, config.dims().get(stage)));
            }
        }
        return scales;
    }

    private static Parameter scale(int stage, int block, long channels) {
        return new Parameter(
                "layer scale of stage " + stage + ", block " + block,
                Layer.LAYER_SCALE,
                stage,
                block,
                false,
                Shape.of(channels));
    }

    /** The model's parameters. */
    List<Parameter> parameters() {
        return parameters;
    }

    /** A parameter as F32 in the engine's shape; it may share the file's memory. */
    Tensor read(Parameter p) {
        if (zeros.contains(p)) {
            return Tensor.zeros(new TensorType(DType.F32, p.shape()));
        }
        Tensor values = weights.read(p);
        if (scaled && p.layer() == Layer.CONTRACT) {
            int channels = (int) p.shape().dim(0);
            Tensor scale = weights.read(scale(p.stage(), p.block(), channels));
            Tensor product = Tensor.zeros(values.type());
            long each = values.size() / channels;
            for (long i = 0; i < values.size(); i++) {
                product.set(i, values.get(i) * scale.get(i / each));
            }
            return product;
        }
        return values;
    }

    /** What a user should know of it, a sentence each. */
    List<String> notes() {
        List<String> notes = new ArrayList<>();
        if (!zeros.isEmpty()) {
            notes.add("Its convolutions have no biases; they get zeros");
        }
        if (scaled) {
            notes.add("Its layer scale, which a V2 does not have, is multiplied into each block's second linear layer");
        }
        return notes;
    }
}
