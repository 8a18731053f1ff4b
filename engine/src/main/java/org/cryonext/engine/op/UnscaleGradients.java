package org.cryonext.engine.op;

import java.util.List;
import java.util.Set;
import org.cryonext.engine.tensor.TensorType;

/**
 * What stands between the gradients of a scaled loss and their use: are they finite, what takes the scale away and limits
 * their norm, and how is the next loss scaled. torch.amp.GradScaler's unscale_ and update, and
 * torch.nn.utils.clip_grad_norm_, in one.
 *
 * <p>With norm the 2-norm over all gradients together, divided by scale, factor is min(1, maxNorm / (norm + 1e-6)) /
 * scale, scale is multiplied by growth after every {@code interval} good steps in a row. If a gradient is not finite,
 * factor and norm are 0, by which {@link AdamW} leaves the step out, and scale is multiplied by backoff.
 *
 * <p>scale, good: [1], variables: the loss's factor, and good steps since it changed; gradients: any shapes; factor,
 * norm: [1].
 *
 * @param maxNorm the limit; 0 for none
 * @param growth above 1; PyTorch's is 2
 * @param backoff below 1; PyTorch's is 0.5
 * @param interval steps; PyTorch's are 2000
 */
public record UnscaleGradients(double maxNorm, double growth, double backoff, int interval) implements Op {
    /** PyTorch's first scale. */
    public static final double FIRST_SCALE = 65536;

    private static final Slots SLOTS = Slots.of("scale, good, gradients...");

    /** With PyTorch's growth, backoff and interval. */
    public UnscaleGradients(double maxNorm) {
        this(maxNorm, 2, 0.5, 2000);
    }

    /** The factor of gradients with this norm, the scale being in both. */
    public double factor(double scaledNorm, double scale) {
        double limit = maxNorm > 0 ? Math.min(1, maxNorm / (scaledNorm / scale + 1e-6)) : 1;
        return limit / scale;
    }

    @Override
    public Slots slots() {
        return SLOTS;
    }

    @Override
    public List<TensorType> infer(Inputs in) {
        in.require("scale", 1);
        in.require("good", 1);
        TensorType scale = in.type("scale");
        return List.of(scale, in.type("good"), scale, scale);
    }

    @Override
    public long flops(Inputs in) {
        return 2 * in.types().stream().mapToLong(t -> t.shape().size()).sum();
    }

    @Override
    public Set<String> single() {
        return Set.of("scale", "good", "gradients");
    }

    @Override
    public List<String> updates() {
        return List.of("scale", "good");
    }
}
