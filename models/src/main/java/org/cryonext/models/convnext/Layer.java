package org.cryonext.models.convnext;

import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.Tensor;

/** The kinds of layers with parameters, and how each one's weight lies in memory. */
public enum Layer {
    STEM_CONV(Layout.PATCH),
    STEM_NORM(Layout.PLAIN),
    DOWNSAMPLE_NORM(Layout.PLAIN),
    DOWNSAMPLE_CONV(Layout.PATCH),
    DEPTHWISE(Layout.DEPTHWISE),
    NORM(Layout.PLAIN),
    EXPAND(Layout.PLAIN),
    GRN(Layout.BROADCAST),
    CONTRACT(Layout.PLAIN),
    /** One parameter, which is neither weight nor bias. */
    LAYER_SCALE(Layout.PLAIN),
    FINAL_NORM(Layout.PLAIN),
    CLASSIFIER(Layout.PLAIN),
    /** What the classifier makes of numbers beside the features; its weight alone, since the classifier has a bias. */
    PROFILE(Layout.PLAIN);

    private final Layout layout;

    Layer(Layout layout) {
        this.layout = layout;
    }

    /** Order of a weight's dimensions in PyTorch and in the engine; biases are the same in both but for GRN's. */
    enum Layout {
        /** The same in both. */
        PLAIN,
        /** [C, 1, k, k] in PyTorch, [k, k, C] in the engine. */
        DEPTHWISE,
        /** [Cout, Cin, k, k] in PyTorch, [Cout, k, k, Cin] in the engine. */
        PATCH,
        /** [1, 1, 1, C] in PyTorch, [C] in the engine. */
        BROADCAST
    }

    /** PyTorch's shape of a parameter that has {@code engine} in the engine. */
    Shape torchShape(Shape engine) {
        return switch (layout) {
            case BROADCAST -> Shape.of(1, 1, 1, engine.dim(0));
            case DEPTHWISE -> engine.rank() == 3 ? Shape.of(engine.dim(2), 1, engine.dim(0), engine.dim(1)) : engine;
            case PATCH ->
                engine.rank() == 4 ? Shape.of(engine.dim(0), engine.dim(3), engine.dim(1), engine.dim(2)) : engine;
            case PLAIN -> engine;
        };
    }

    /** A parameter in the engine's order, from one with PyTorch's shape. */
    Tensor toEngine(Tensor torch) {
        long[] dims = torch.shape().toArray();
        return switch (layout) {
            case BROADCAST -> torch.reshape(dims[3]);
            case DEPTHWISE ->
                dims.length == 4 ? torch.reshape(dims[0], dims[2], dims[3]).transpose(1, 2, 0) : torch;
            case PATCH -> dims.length == 4 ? torch.transpose(0, 2, 3, 1) : torch;
            case PLAIN -> torch;
        };
    }

    /** A parameter in PyTorch's order and shape, from one in the engine's. */
    Tensor toTorch(Tensor engine) {
        long[] shape = torchShape(engine.shape()).toArray();
        return switch (layout) {
            case BROADCAST -> engine.reshape(shape);
            case DEPTHWISE ->
                engine.shape().rank() == 3 ? engine.transpose(2, 0, 1).reshape(shape) : engine;
            case PATCH -> engine.shape().rank() == 4 ? engine.transpose(0, 3, 1, 2) : engine;
            case PLAIN -> engine;
        };
    }
}
