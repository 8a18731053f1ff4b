package org.cryonext.engine.op;

import java.util.List;
import java.util.Set;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.TensorType;

/**
 * The gradient of {@link SoftmaxCrossEntropy} with respect to the logits.
 *
 * <p>dloss: [1]; logits, dlogits: [N, K]; labels: I32 [N]; weights: [K].
 *
 * @param labelSmoothing 0 to 1
 */
public record SoftmaxCrossEntropyGradient(double labelSmoothing) implements Op {
    private static final Slots SLOTS = Slots.of("dloss, logits, labels, weights?");

    @Override
    public Slots slots() {
        return SLOTS;
    }

    @Override
    public List<TensorType> infer(Inputs in) {
        Shape logits = in.rank("logits", 2);
        in.require("dloss", 1);
        in.require("labels", logits.dim(0));
        in.require("labels", DType.I32);
        in.require("weights", logits.dim(1));
        return List.of(in.type("logits"));
    }

    @Override
    public Set<String> single() {
        return Set.of("dloss", "weights");
    }

    @Override
    public long flops(Inputs in) {
        return 12 * in.shape("logits").size();
    }
}
