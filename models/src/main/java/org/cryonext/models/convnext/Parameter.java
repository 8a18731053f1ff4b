package org.cryonext.models.convnext;

import java.util.ArrayList;
import java.util.List;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.Tensor;

/**
 * One parameter of a ConvNeXt.
 *
 * @param name Hugging Face's, which is also its name in the engine's graph; models without a classifier have no prefix
 * @param layer the layer it belongs to
 * @param stage stage 0 to 3; -1 where there is none
 * @param block block of the stage; -1 where there is none
 * @param bias whether it is the bias (GRN: beta) rather than the weight (GRN: gamma; the layer scale)
 * @param shape extents in the engine
 */
public record Parameter(String name, Layer layer, int stage, int block, boolean bias, Shape shape) {
    /** Which one it is, in any model. */
    public record Place(Layer layer, int stage, int block, boolean bias) {}

    /** All parameters of a model, in the order of the data. */
    public static List<Parameter> of(ConvNextConfig config) {
        List<Parameter> all = new ArrayList<>();
        Adder add = (layer, stage, block, weight, outputs) -> {
            all.add(named(config, layer, stage, block, false, weight));
            if (layer != Layer.LAYER_SCALE) {
                all.add(named(config, layer, stage, block, true, Shape.of(outputs)));
            }
        };
        long patch = config.patchSize();
        long first = config.dims().getFirst();
        add.pair(Layer.STEM_CONV, -1, -1, Shape.of(first, patch, patch, config.channels()), first);
        add.pair(Layer.STEM_NORM, -1, -1, Shape.of(first), first);
        for (int s = 0; s < ConvNextConfig.STAGES; s++) {
            long c = config.dims().get(s);
            if (s > 0) {
                long before = config.dims().get(s - 1);
                add.pair(Layer.DOWNSAMPLE_NORM, s, -1, Shape.of(before), before);
                add.pair(Layer.DOWNSAMPLE_CONV, s, -1, Shape.of(c, 2, 2, before), c);
            }
            long hidden = ConvNextConfig.EXPANSION * c;
            for (int b = 0; b < config.depths().get(s); b++) {
                add.pair(Layer.DEPTHWISE, s, b, Shape.of(ConvNextConfig.KERNEL, ConvNextConfig.KERNEL, c), c);
                add.pair(Layer.NORM, s, b, Shape.of(c), c);
                add.pair(Layer.EXPAND, s, b, Shape.of(hidden, c), hidden);
                if (config.version() == Version.V2) {
                    add.pair(Layer.GRN, s, b, Shape.of(hidden), hidden);
                }
                add.pair(Layer.CONTRACT, s, b, Shape.of(c, hidden), c);
                if (config.hasLayerScale()) {
                    add.pair(Layer.LAYER_SCALE, s, b, Shape.of(c), c);
                }
            }
        }
        long features = config.features();
        add.pair(Layer.FINAL_NORM, -1, -1, Shape.of(features), features);
        if (config.hasClassifier()) {
            long classes = config.classes();
            add.pair(Layer.CLASSIFIER, -1, -1, Shape.of(classes, config.head().inputs(features)), classes);
            if (config.head().profile() > 0) {
                Shape profile = Shape.of(classes, config.head().profile());
                all.add(named(config, Layer.PROFILE, -1, -1, false, profile));
            }
        }
        return List.copyOf(all);
    }

    @FunctionalInterface
    private interface Adder {
        void pair(Layer layer, int stage, int block, Shape weight, long outputs);
    }

    private static Parameter named(
            ConvNextConfig config, Layer layer, int stage, int block, boolean bias, Shape shape) {
        String prefix = NamingScheme.huggingFacePrefix(config);
        String name = NamingScheme.HUGGING_FACE.name(prefix, layer, stage, block, bias);
        return new Parameter(name, layer, stage, block, bias, shape);
    }

    /** Number of values in all parameters of a model. */
    public static long count(ConvNextConfig config) {
        return of(config).stream().mapToLong(p -> p.shape().size()).sum();
    }

    /** Which one it is. */
    public Place place() {
        return new Place(layer, stage, block, bias);
    }

    /** The part it is frozen and trained with. */
    public Part part() {
        return switch (layer) {
            case STEM_CONV, STEM_NORM -> Part.STEM;
            case FINAL_NORM -> Part.FINAL_NORM;
            case CLASSIFIER, PROFILE -> Part.HEAD;
            default -> Part.stage(stage);
        };
    }

    /** Whether it is a matrix or a kernel. The papers decay only these: no bias, norm, layer scale or GRN. */
    public boolean isMatrix() {
        return shape.rank() > 1;
    }

    /** Its shape in PyTorch and in checkpoint files. */
    public Shape torchShape() {
        return layer.torchShape(shape);
    }

    /** The engine's order of values that have {@link #torchShape}; shares memory where the order is the same. */
    public Tensor toEngine(Tensor torch) {
        return layer.toEngine(torch);
    }

    /** PyTorch's shape and order of values that have {@link #shape}; shares memory where the order is the same. */
    public Tensor toTorch(Tensor engine) {
        return layer.toTorch(engine);
    }
}
