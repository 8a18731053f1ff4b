package org.cryonext.models.export;

import java.util.HashMap;
import java.util.Map;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.engine.tensor.TensorType;
import org.cryonext.models.checkpoint.Checkpoint;
import org.cryonext.models.convnext.Layer;
import org.cryonext.models.convnext.Parameter;

/** A checkpoint's parameters as constants of an ONNX graph, under Hugging Face's names. */
final class Weights {
    private final OnnxGraph graph;
    private final Checkpoint checkpoint;
    private final Map<Parameter.Place, Parameter> parameters = new HashMap<>();

    Weights(OnnxGraph graph, Checkpoint checkpoint) {
        this.graph = graph;
        this.checkpoint = checkpoint;
        for (Parameter p : Parameter.of(checkpoint.config())) {
            parameters.put(p.place(), p);
        }
    }

    /** A weight (GRN: gamma; or the layer scale) in PyTorch's shape. */
    OnnxValue weight(DType type, Layer layer, int stage, int block) {
        return torch(type, parameters.get(new Parameter.Place(layer, stage, block, false)));
    }

    /** A bias (GRN: beta) in PyTorch's shape. */
    OnnxValue bias(DType type, Layer layer, int stage, int block) {
        return torch(type, parameters.get(new Parameter.Place(layer, stage, block, true)));
    }

    private OnnxValue torch(DType type, Parameter p) {
        return graph.constant(
                p.name(), new TensorType(type, p.torchShape()), () -> converted(p, p.toTorch(values(p)), type));
    }

    /** The weight of a Linear as MatMul takes it, [in, out]. */
    OnnxValue matrix(DType type, Layer layer, int stage, int block) {
        Parameter p = parameters.get(new Parameter.Place(layer, stage, block, false));
        Shape transposed = Shape.of(p.shape().dim(1), p.shape().dim(0));
        return graph.constant(
                p.name() + ".transposed",
                new TensorType(type, transposed),
                () -> converted(p, values(p).transpose(1, 0), type));
    }

    private Tensor values(Parameter p) {
        return checkpoint.parameters().get(p.name());
    }

    private static Tensor converted(Parameter p, Tensor values, DType type) {
        Tensor result = values.to(type);
        if (result != values) {
            for (long i = 0; i < result.size(); i++) {
                if (Double.isInfinite(result.get(i)) && !Double.isInfinite(values.get(i))) {
                    throw new InputException("Parameter " + p.name() + " holds " + values.get(i)
                            + ", which is too large for " + type + "; export without --f16");
                }
            }
        }
        return result;
    }
}
