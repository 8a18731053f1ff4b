package org.cryonext.engine.optim;

/**
 * What AdamW and the steps around it do; torch.optim.AdamW's names and defaults.
 *
 * @param beta1 decay of the first moment
 * @param beta2 decay of the second moment
 * @param epsilon added to the root of the second moment
 * @param clipNorm limit of the norm of all gradients together; 0 for none
 * @param averageDecay decay of an exponential moving average of the parameters; 0 for none
 * @param scaledLoss whether gradients are those of the loss times a factor that follows them (torch.amp.GradScaler), so
 *     that small ones are not lost in F16
 */
public record AdamWSettings(
        double beta1, double beta2, double epsilon, double clipNorm, double averageDecay, boolean scaledLoss) {
    /** Without a scaled loss. */
    public AdamWSettings(double beta1, double beta2, double epsilon, double clipNorm, double averageDecay) {
        this(beta1, beta2, epsilon, clipNorm, averageDecay, false);
    }

    /** PyTorch's defaults, without clipping or average. */
    public static AdamWSettings defaults() {
        return new AdamWSettings(0.9, 0.999, 1e-8, 0, 0);
    }

    /** The same with a scaled loss or without. */
    public AdamWSettings withScaledLoss(boolean scaled) {
        return new AdamWSettings(beta1, beta2, epsilon, clipNorm, averageDecay, scaled);
    }
}
