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
 * <p>A sample may have two labels, y with a share a and z with 1 - a: f(y) in all of this is a f(y) + (1 - a) f(z), as
 * mixup has it (Zhang et al., arXiv 1710.09412). With a focus g each -log p_c counts (1 - p_c)^g times, as in the focal loss
 * (Lin et al., arXiv 1708.02002).
 *
 * <p>logits: [N, K]; labels, others: I32 [N], 0 .. K - 1; weights: [K]; part: [1], the share a, given with others; loss: [1].
 *
 * @param labelSmoothing s, 0 to 1
 * @param focus g, 0 or at least 1
 */
public record SoftmaxCrossEntropy(double labelSmoothing, double focus) implements Op {
    private static final Slots SLOTS = Slots.of("logits, labels, weights?, others?, part?");

    /** @throws IllegalArgumentException for a focus whose gradient is not finite where a sample is sure */
    public SoftmaxCrossEntropy {
        requireFocus(focus);
    }

    /** Cross entropy. */
    public SoftmaxCrossEntropy(double labelSmoothing) {
        this(labelSmoothing, 0);
    }

    static void requireFocus(double focus) {
        if (focus != 0 && !(focus >= 1)) {
            throw new IllegalArgumentException("a focus of " + focus + ", expected 0 or at least 1");
        }
    }

    /** What the loss and its gradient require of their inputs alike. */
    static void require(Inputs in) {
        Shape logits = in.rank("logits", 2);
        in.require("labels", logits.dim(0));
        in.require("labels", DType.I32);
        in.require("weights", logits.dim(1));
        in.require("others", logits.dim(0));
        in.require("others", DType.I32);
        in.require("part", 1);
        if (in.has("others") != in.has("part")) {
            throw in.error("others and part go together");
        }
    }

    @Override
    public Slots slots() {
        return SLOTS;
    }

    @Override
    public List<TensorType> infer(Inputs in) {
        require(in);
        return List.of(in.type("logits").sums(Shape.of(1)));
    }

    @Override
    public Set<String> single() {
        return Set.of("weights", "part");
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
                                new SoftmaxCrossEntropyGradient(labelSmoothing, focus),
                                g.dy(),
                                g.in("logits"),
                                g.in("labels"),
                                g.in("weights"),
                                g.in("others"),
                                g.in("part"))
                        .getFirst());
    }
}
