package org.cryonext.engine.op;

import java.util.List;
import java.util.Set;
import org.cryonext.engine.tensor.TensorType;

/**
 * average = decay * average + (1 - decay) * value, in place. average, value: one shape. As timm's ModelEmaV3 and
 * torch.optim.swa_utils.
 *
 * @param decay share of the old average, 0 to below 1
 */
public record ExponentialMovingAverage(double decay) implements Op {
    private static final Slots SLOTS = Slots.of("average, value");

    @Override
    public Slots slots() {
        return SLOTS;
    }

    @Override
    public List<TensorType> infer(Inputs in) {
        in.require("value", in.shape("average"));
        return List.of(in.type("average"));
    }

    @Override
    public Set<String> single() {
        return Set.of("average", "value");
    }

    @Override
    public long flops(Inputs in) {
        return 3 * in.shape("average").size();
    }

    @Override
    public List<String> updates() {
        return List.of("average");
    }
}
