package org.cryonext.engine.op;

import java.util.List;
import java.util.Set;
import org.cryonext.engine.tensor.TensorType;

/**
 * One step of AdamW, in place: with g = clip * gradient, m = beta1 m + (1 - beta1) g, v = beta2 v + (1 - beta2) g^2, and
 * parameter = parameter * hyper_0 - hyper_1 * m / (sqrt(v) / hyper_2 + epsilon).
 *
 * <p>parameter, gradient, m, v: one shape; hyper: [3] = {1 - lr * weight decay, lr / (1 - beta1^t), sqrt(1 - beta2^t)},
 * computed by the caller in double; clip: [1], where 0 leaves parameter, m and v as they are. Source: arXiv 1711.05101; torch.optim.AdamW.
 *
 * @param beta1 decay of the first moment
 * @param beta2 decay of the second moment
 * @param epsilon added to the root of the second moment
 */
public record AdamW(double beta1, double beta2, double epsilon) implements Op {
    private static final Slots SLOTS = Slots.of("parameter, gradient, m, v, hyper, clip?");

    @Override
    public Slots slots() {
        return SLOTS;
    }

    @Override
    public List<TensorType> infer(Inputs in) {
        in.require("gradient", in.shape("parameter"));
        in.require("m", in.shape("parameter"));
        in.require("v", in.shape("parameter"));
        in.require("hyper", 3);
        in.require("clip", 1);
        return List.of(in.type("parameter"), in.type("m"), in.type("v"));
    }

    @Override
    public Set<String> single() {
        return Set.of("parameter", "gradient", "m", "v", "hyper", "clip");
    }

    @Override
    public long flops(Inputs in) {
        return 15 * in.shape("parameter").size();
    }

    @Override
    public List<String> updates() {
        return List.of("parameter", "m", "v");
    }
}
