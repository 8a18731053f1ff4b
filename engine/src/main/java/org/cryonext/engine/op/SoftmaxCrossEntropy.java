package org.cryonext.engine.op;

import java.util.List;
import java.util.Set;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.TensorType;

/**
 * The mean cross entropy of softmax(logits) against labels, as torch.nn.functional.cross_entropy: with class weights w,
 * label y and smoothing s, the sum over samples of (1 - s) w_y (-log p_y) + s / K * sum_c w_c (-log p_c), divided by the
 * sum of the samples' w_y.
 *
 * <p>logits: [N, K]; labels: I32 [N], 0 .. K - 1; weights: [K]; loss: [1].
 *
 * @param labelSmoothing s, 0 to 1
 */
public record SoftmaxCrossEntropy(double labelSmoothing) implements Op {
    private static final Slots SLOTS = Slots.of("logits, labels, weights?");

    @Override
    public Slots slots() {
        return SLOTS;
    }

    @Override
    public List<TensorType> infer(Inputs in) {
        Shape logits = in.rank("logits", 2);
        in.require("labels", logits.dim(0));
        in.require("labels", DType.I32);
        in.require("weights", logits.dim(1));
        return List.of(in.type("logits").sums(Shape.of(1)));
    }

    @Override
    public Set<String> single() {
        return Set.of("weights");
    }

    @Override
    public long flops(Inputs in) {
        return 10 * in.shape("logits").size();
    }

    @Override
    public void gradient(Gradient g) {
        g.flow(
                "logits",
                g.add(
                                new SoftmaxCrossEntropyGradient(labelSmoothing),
                                g.dy(),
                                g.in("logits"),
                                g.in("labels"),
                                g.in("weights"))
                        .getFirst());
    }
}
