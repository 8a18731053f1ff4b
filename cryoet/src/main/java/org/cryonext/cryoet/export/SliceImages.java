package org.cryonext.cryoet.export;

import java.util.List;
import org.cryonext.cryoet.run.NetworkInput;
import org.cryonext.cryoet.triplet.Preprocess;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.models.export.OnnxGraph;
import org.cryonext.models.export.OnnxValue;

/**
 * {@link Preprocess} as ONNX operators, to the bit: Pillow's resize is a product with a matrix of whole numbers from the
 * right and one from the left, each followed by rounding to bytes.
 */
final class SliceImages {
    private SliceImages() {}

    /**
     * Adds it to a graph.
     *
     * @param slices U8 [..., edge, edge], those of an image one after another
     * @return F32 [images, C, size, size]
     */
    static OnnxValue add(OnnxGraph graph, OnnxValue slices, NetworkInput input) {
        graph.scope("preprocess");
        // A converter cannot be made of settings that make no sense.
        int size = input.preprocess().height();
        int edge = input.crop();
        OnnxValue grey = graph.reshape(graph.cast(slices, DType.I32), -1, edge, edge);
        if (size != edge) {
            Tensor weights = Tensor.of(Preprocess.resizeWeights(edge, size), size, edge);
            OnnxValue across = graph.constant("preprocess/across", weights.transpose(1, 0));
            OnnxValue down = graph.constant("preprocess/down", weights);
            grey = rounded(graph, graph.add("MatMul", List.of(grey, across)));
            grey = rounded(graph, graph.add("MatMul", List.of(down, grey)));
        }
        OnnxValue pixels = graph.reshape(graph.cast(grey, DType.F32), -1, input.viewsAnImage(), size, size);
        pixels = graph.add("Div", List.of(pixels, graph.scalar(DType.F32, 255)));
        pixels = graph.add("Sub", List.of(pixels, channels(graph, "preprocess/mean", input.mean())));
        return graph.add("Div", List.of(pixels, channels(graph, "preprocess/deviation", input.deviation())));
    }

    /** Fixed point to whole numbers. None is negative, so that a division, which truncates, is Pillow's shift. */
    private static OnnxValue rounded(OnnxGraph graph, OnnxValue sums) {
        OnnxValue half = graph.scalar(DType.I32, Preprocess.RESIZE_UNIT / 2);
        return graph.add(
                "Div", List.of(graph.add("Add", List.of(sums, half)), graph.scalar(DType.I32, Preprocess.RESIZE_UNIT)));
    }

    private static OnnxValue channels(OnnxGraph graph, String name, List<Double> values) {
        float[] floats = new float[values.size()];
        for (int c = 0; c < floats.length; c++) {
            floats[c] = values.get(c).floatValue();
        }
        return graph.constant(name, Tensor.of(floats, 1, floats.length, 1, 1));
    }
}
