package org.cryonext.models.checkpoint;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.op.Activation;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.engine.tensor.TensorType;
import org.cryonext.models.convnext.ConvNextConfig;
import org.cryonext.models.convnext.HeadInput;
import org.cryonext.models.convnext.Layer;
import org.cryonext.models.convnext.NamingScheme;
import org.cryonext.models.convnext.Parameter;
import org.cryonext.models.convnext.Version;

/**
 * The tensors of a ConvNeXt, whichever library named them.
 *
 * @param source where they are
 * @param scheme whose names they have
 * @param wrapper what a training program put before all of them; mostly nothing
 * @param prefix what the library puts before them
 */
record WeightFile(WeightSource source, NamingScheme scheme, String wrapper, String prefix) {
    /** Of DistributedDataParallel, torch.compile, Lightning and others, in the orders in which they occur. */
    private static final List<String> WRAPPERS = List.of(
            "",
            "module.",
            "_orig_mod.",
            "module._orig_mod.",
            "_orig_mod.module.",
            "model.",
            "module.model.",
            "backbone.");

    /** @throws InputException if the names are of none of the known schemes */
    static WeightFile detect(WeightSource source) {
        for (NamingScheme scheme : NamingScheme.values()) {
            for (String prefix : scheme.prefixes()) {
                for (String wrapper : WRAPPERS) {
                    WeightFile weights = new WeightFile(source, scheme, wrapper, prefix);
                    if (weights.has(Layer.STEM_CONV, -1, -1)) {
                        return weights;
                    }
                }
            }
        }
        String found =
                String.join(", ", source.types().keySet().stream().limit(3).toList());
        throw new InputException(source.file() + " is not a ConvNeXt: it has no stem under the names of "
                + String.join(
                        ", ",
                        Arrays.stream(NamingScheme.values())
                                .map(NamingScheme::toString)
                                .toList())
                + "; its tensors are "
                + (found.isEmpty() ? "none" : found + (source.types().size() > 3 ? ", ..." : "")));
    }

    private String name(Layer layer, int stage, int block, boolean bias) {
        String name = wrapper + scheme.name(prefix, layer, stage, block, bias);
        if (layer == Layer.GRN
                && scheme == NamingScheme.HUGGING_FACE
                && !source.types().containsKey(name)) {
            // transformers' own files of V2 had the authors' names for these two until 2025.
            String former = name.substring(0, name.lastIndexOf('.')) + (bias ? ".beta" : ".gamma");
            return source.types().containsKey(former) ? former : name;
        }
        return name;
    }

    /** Whose names they are, for a sentence. */
    String names() {
        return scheme + (wrapper.isEmpty() ? "" : ", each behind \"" + wrapper + "\"");
    }

    private Optional<Shape> shape(Layer layer, int stage, int block, boolean bias) {
        return Optional.ofNullable(source.types().get(name(layer, stage, block, bias)))
                .map(type -> type.shape());
    }

    /** Whether a parameter is there, of whatever shape. */
    boolean has(Parameter p) {
        return source.types().containsKey(name(p));
    }

    private boolean has(Layer layer, int stage, int block) {
        return shape(layer, stage, block, false).isPresent();
    }

    /**
     * Rows of the classifier; 0 if there is none.
     *
     * @throws InputException if there are more than a model can have
     */
    int classes() {
        Shape weight = shape(Layer.CLASSIFIER, -1, -1, false).orElse(Shape.of(0, 0));
        if (weight.rank() < 2 || weight.dim(0) > ConvNextConfig.MOST_CLASSES) {
            throw wrong(
                    Layer.CLASSIFIER,
                    -1,
                    -1,
                    weight,
                    "[classes, features] of at most " + ConvNextConfig.MOST_CLASSES + " classes");
        }
        return (int) weight.dim(0);
    }

    /** The architecture that the tensors' names and shapes show, with the epsilon of the library that named them. */
    ConvNextConfig derive(List<String> labels) {
        Shape stem = shape(Layer.STEM_CONV, -1, -1, false).orElseThrow();
        if (stem.rank() != 4
                || stem.dim(1) < 1
                || stem.dim(1) > ConvNextConfig.MOST_CHANNELS
                || stem.dim(2) != stem.dim(3)
                || stem.dim(2) > ConvNextConfig.MOST_CHANNELS) {
            throw wrong(Layer.STEM_CONV, -1, -1, stem, "[dims, channels, patch, patch]");
        }
        List<Integer> depths = new ArrayList<>();
        List<Integer> dims = new ArrayList<>();
        for (int s = 0; s < ConvNextConfig.STAGES; s++) {
            int blocks = 0;
            while (has(Layer.DEPTHWISE, s, blocks)) {
                blocks++;
            }
            if (blocks == 0) {
                throw missing(name(Layer.DEPTHWISE, s, 0, false), "a ConvNeXt has four stages");
            }
            Shape kernel = shape(Layer.DEPTHWISE, s, 0, false).orElseThrow();
            if (kernel.rank() != 4 || kernel.dim(0) < 1 || kernel.dim(0) > ConvNextConfig.MOST_CHANNELS) {
                throw wrong(Layer.DEPTHWISE, s, 0, kernel, "[dims, 1, 7, 7]");
            }
            depths.add(blocks);
            dims.add((int) kernel.dim(0));
        }
        boolean second = has(Layer.GRN, 0, 0);
        return new ConvNextConfig(
                second ? Version.V2 : Version.V1,
                depths,
                dims,
                (int) stem.dim(2),
                (int) stem.dim(1),
                HeadInput.IMAGE,
                labels,
                scheme == NamingScheme.HUGGING_FACE ? ConvNextConfig.HUGGING_FACE_HEAD_EPSILON : ConvNextConfig.EPSILON,
                Activation.GELU,
                0,
                second || has(Layer.LAYER_SCALE, 0, 0) ? 1e-6 : 0);
    }

    /**
     * A configuration may ask for any number of blocks; the file bounds it before anything is made for each.
     *
     * @param model what needs them, for the message
     */
    void requireBlocks(ConvNextConfig config, String model) {
        int blocks = config.depths().stream().mapToInt(Integer::intValue).sum();
        if (blocks > source.types().size()) {
            throw new InputException(source.file() + " holds " + source.types().size() + " tensors, fewer than the "
                    + blocks + " blocks of " + model);
        }
    }

    String name(Parameter p) {
        return name(p.layer(), p.stage(), p.block(), p.bias());
    }

    /**
     * Makes sure that a parameter is there and has the right shape.
     *
     * @param model what needs it, for the message
     */
    void require(Parameter p, String model) {
        String name = name(p);
        TensorType type = source.types().get(name);
        if (type == null) {
            throw missing(
                    name,
                    model + " needs it, of shape " + p.torchShape()
                            + "; the file is not whole, or belongs to another model");
        }
        if (!type.dtype().isFloating()) {
            throw new InputException(source.file() + ": tensor " + name + " is of type " + type.dtype()
                    + ", expected real numbers (F32, F16, BF16 or F64)");
        }
        // Libraries write the same parameter as [C], [1, 1, 1, C] or [C, 1, 1]; the order of its elements is one.
        if (!type.shape().withoutOnes().equals(p.torchShape().withoutOnes())) {
            throw new InputException(source.file() + ": tensor " + name + " is " + type.shape() + ", expected "
                    + p.torchShape() + " for " + model + "; the file belongs to another model");
        }
    }

    /** A parameter as F32 in the engine's shape; it shares the source's memory where it lies there as such. */
    Tensor read(Parameter p) {
        Tensor tensor = source.tensor(name(p));
        return p.toEngine(tensor.reshape(p.torchShape().toArray()).to(DType.F32))
                .reshape(p.shape().toArray());
    }

    private InputException wrong(Layer layer, int stage, int block, Shape found, String expected) {
        String name = name(layer, stage, block, false);
        return new InputException(source.file() + ": tensor " + name + " is " + found + ", expected " + expected);
    }

    private InputException missing(String name, String why) {
        return new InputException(source.file() + " (names of " + names() + ") has no tensor " + name + "; " + why);
    }

    /** @throws InputException if the file holds tensors that the model does not have */
    void requireNothingElse(List<Parameter> parameters, String model) {
        Set<String> left = new LinkedHashSet<>(source.types().keySet());
        parameters.forEach(p -> left.remove(name(p)));
        if (!left.isEmpty()) {
            String first = left.iterator().next();
            throw new InputException(source.file() + " holds " + left.size() + " tensor" + (left.size() == 1 ? "" : "s")
                    + " that " + model + " does not have, for instance " + first + " "
                    + source.types().get(first).shape()
                    + "; it is another kind of network, or config.json is another's");
        }
    }
}
