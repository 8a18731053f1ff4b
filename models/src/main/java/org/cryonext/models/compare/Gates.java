package org.cryonext.models.compare;

import org.cryonext.engine.io.InputException;

/**
 * How far a result may be from its reference. Forward tensors and gradients: the largest absolute difference over the
 * reference's largest magnitude. Parameters after AdamW: differences themselves, because where a gradient is as small
 * as Adam's epsilon a single element may move by any part of the learning rate.
 *
 * @param forward for outputs and the loss
 * @param gradient for gradients
 */
public record Gates(double forward, double gradient) {
    /** 99.9 % of the elements of parameters after AdamW must be within this. */
    public static final double ADAMW_CLOSE = 2e-6;

    /** No element of parameters after AdamW may be beyond this. */
    public static final double ADAMW_FAR = 1e-3;

    /** Part of the elements of all tensors of a step that may be beyond {@link #ADAMW_CLOSE}. */
    public static final double ADAMW_SHARE = 1e-3;

    /** Part of the elements of one tensor that may be, but always one. */
    public static final double ADAMW_TENSOR_SHARE = 1e-2;

    /** The gates that the engine is tested by. */
    public static final Gates DEFAULT = new Gates(1e-5, 1e-4);

    /** @throws InputException unless both are positive numbers */
    public Gates {
        if (!(forward > 0) || !(gradient > 0)) {
            throw new InputException("Tolerances must be positive numbers, not " + forward + " and " + gradient);
        }
    }
}
