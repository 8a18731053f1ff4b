package org.cryonext.engine.op;

import java.util.List;
import java.util.Set;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.TensorType;

/**
 * The factor that limits the 2-norm over all gradients together, min(1, maxNorm / (norm + 1e-6)), and the norm itself.
 *
 * <p>gradients: any shapes; clip, norm: [1]. torch.nn.utils.clip_grad_norm_.
 *
 * @param maxNorm the limit
 */
public record ClipGradientNorm(double maxNorm) implements Op {
    private static final Slots SLOTS = Slots.of("gradients...");

    @Override
    public Slots slots() {
        return SLOTS;
    }

    @Override
    public List<TensorType> infer(Inputs in) {
        TensorType one = in.types().getFirst().withShape(Shape.of(1));
        return List.of(one, one);
    }

    @Override
    public Set<String> single() {
        return Set.of("gradients");
    }

    @Override
    public long flops(Inputs in) {
        return 2 * in.types().stream().mapToLong(t -> t.shape().size()).sum();
    }
}
