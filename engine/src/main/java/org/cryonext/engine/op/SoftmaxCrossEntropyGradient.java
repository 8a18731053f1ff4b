package org.cryonext.engine.op;

import java.util.List;
import java.util.Set;
import org.cryonext.engine.tensor.TensorType;

/**
 * The gradient of {@link SoftmaxCrossEntropy} with respect to the logits.
 *
 * <p>dloss: [1]; logits, dlogits: [N, K]; labels, others: I32 [N]; weights: [K]; part: [1].
 *
 * @param labelSmoothing 0 to 1
 * @param focus 0 or at least 1
 */
public record SoftmaxCrossEntropyGradient(double labelSmoothing, double focus) implements Op {
    private static final Slots SLOTS = Slots.of("dloss, logits, labels, weights?, others?, part?");

    /** @throws IllegalArgumentException as the loss itself */
    public SoftmaxCrossEntropyGradient {
        SoftmaxCrossEntropy.requireFocus(focus);
    }

    /** Of the cross entropy. */
    public SoftmaxCrossEntropyGradient(double labelSmoothing) {
        this(labelSmoothing, 0);
    }

    @Override
    public Slots slots() {
        return SLOTS;
    }

    @Override
    public List<TensorType> infer(Inputs in) {
        SoftmaxCrossEntropy.require(in);
        in.require("dloss", 1);
        return List.of(in.type("logits"));
    }

    @Override
    public Set<String> single() {
        return Set.of("dloss", "weights", "part");
    }

    @Override
    public long flops(Inputs in) {
        return 12 * in.shape("logits").size();
    }
}
