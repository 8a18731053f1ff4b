package org.cryonext.models.export;

import java.util.List;
import org.cryonext.engine.op.Activation;
import org.cryonext.engine.tensor.DType;
import org.cryonext.models.convnext.ConvNextConfig;
import org.cryonext.models.convnext.Layer;
import org.cryonext.models.convnext.Version;

/**
 * Adds blocks of a ConvNeXt: depthwise convolution, LayerNorm, Linear, GELU, GRN (V2), Linear, layer scale (V1),
 * residual.
 *
 * @param graph where to
 * @param config of the network
 * @param weights its parameters
 * @param type of weights and computation, F32 or F16
 */
record OnnxBlock(OnnxGraph graph, ConvNextConfig config, Weights weights, DType type) {
    /** @param x [N, C, H, W], as is the result */
    OnnxValue add(OnnxValue x, int stage, int block) {
        graph.scope("stages." + stage + ".layers." + block);
        OnnxValue h = depthwise(x, stage, block);
        h = graph.transpose(h, 0, 2, 3, 1);
        h = norm(graph, weights, h, Layer.NORM, stage, block, ConvNextConfig.EPSILON);
        h = linear(h, Layer.EXPAND, stage, block);
        h = gelu(h);
        if (config.version() == Version.V2) {
            h = graph.cast(grn(graph.cast(h, DType.F32), stage, block), type);
        }
        h = linear(h, Layer.CONTRACT, stage, block);
        if (config.hasLayerScale()) {
            h = graph.add("Mul", List.of(h, weights.weight(type, Layer.LAYER_SCALE, stage, block)));
        }
        h = graph.transpose(h, 0, 3, 1, 2);
        return graph.add("Add", List.of(x, h));
    }

    private OnnxValue depthwise(OnnxValue x, int stage, int block) {
        long pad = ConvNextConfig.KERNEL / 2;
        return graph.add(
                "Conv",
                List.of(
                        x,
                        weights.weight(type, Layer.DEPTHWISE, stage, block),
                        weights.bias(type, Layer.DEPTHWISE, stage, block)),
                Attribute.Wholes.of("kernel_shape", ConvNextConfig.KERNEL, ConvNextConfig.KERNEL),
                Attribute.Wholes.of("pads", pad, pad, pad, pad),
                new Attribute.Whole("group", config.dims().get(stage)));
    }

    private OnnxValue linear(OnnxValue x, Layer layer, int stage, int block) {
        OnnxValue product = graph.add("MatMul", List.of(x, weights.matrix(type, layer, stage, block)));
        return graph.add("Add", List.of(product, weights.bias(type, layer, stage, block)));
    }

    /** LayerNorm over the last axis; ONNX takes mean and variance in F32 whatever the type of x (its stash_type 1). */
    static OnnxValue norm(
            OnnxGraph graph, Weights weights, OnnxValue x, Layer layer, int stage, int block, double epsilon) {
        return graph.add(
                "LayerNormalization",
                List.of(x, weights.weight(x.type(), layer, stage, block), weights.bias(x.type(), layer, stage, block)),
                new Attribute.Whole("axis", -1),
                new Attribute.Real("epsilon", (float) epsilon),
                new Attribute.Whole("stash_type", 1));
    }

    private OnnxValue gelu(OnnxValue x) {
        boolean tanh = config.activation() == Activation.GELU_TANH;
        if (graph.opset() >= OnnxGraph.NEWEST) {
            return graph.add("Gelu", List.of(x), new Attribute.Text("approximate", tanh ? "tanh" : "none"));
        }
        OnnxValue share = graph.add("Add", List.of(tanh ? tanhOfGelu(x) : erfOfGelu(x), graph.scalar(x.type(), 1)));
        return graph.add("Mul", List.of(graph.add("Mul", List.of(x, share)), graph.scalar(x.type(), 0.5)));
    }

    private OnnxValue erfOfGelu(OnnxValue x) {
        return graph.add("Erf", List.of(graph.add("Div", List.of(x, graph.scalar(x.type(), Math.sqrt(2))))));
    }

    private OnnxValue tanhOfGelu(OnnxValue x) {
        OnnxValue cube = graph.add("Mul", List.of(graph.add("Mul", List.of(x, x)), x));
        OnnxValue small = graph.add("Mul", List.of(cube, graph.scalar(x.type(), 0.044715)));
        OnnxValue sum = graph.add("Add", List.of(x, small));
        return graph.add(
                "Tanh", List.of(graph.add("Mul", List.of(sum, graph.scalar(x.type(), Math.sqrt(2 / Math.PI))))));
    }

    /** Always in F32: the squares of a whole image's channel leave F16's range, and the epsilon is below its precision. */
    private OnnxValue grn(OnnxValue x, int stage, int block) {
        OnnxValue norms = graph.reduce("ReduceL2", x, true, 1, 2);
        OnnxValue mean = graph.reduce("ReduceMean", norms, true, -1);
        OnnxValue divisor = graph.add("Add", List.of(mean, graph.scalar(DType.F32, ConvNextConfig.EPSILON)));
        OnnxValue response = graph.add("Mul", List.of(x, graph.add("Div", List.of(norms, divisor))));
        OnnxValue scaled = graph.add("Mul", List.of(weights.weight(DType.F32, Layer.GRN, stage, block), response));
        OnnxValue shifted = graph.add("Add", List.of(scaled, weights.bias(DType.F32, Layer.GRN, stage, block)));
        return graph.add("Add", List.of(shifted, x));
    }
}
