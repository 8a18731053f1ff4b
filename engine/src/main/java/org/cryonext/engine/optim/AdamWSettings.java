package org.cryonext.engine.optim;

/**
 * What AdamW and the steps around it do; torch.optim.AdamW's names and defaults.
 *
 * @param beta1 decay of the first moment
 * @param beta2 decay of the second moment
 * @param epsilon added to the root of the second moment
 * @param clipNorm limit of the norm of all gradients together; 0 for none
 * @param averageDecay decay of an exponential moving average of the parameters; 0 for none
 */
public record AdamWSettings(double beta1, double beta2, double epsilon, double clipNorm, double averageDecay) {
    /** PyTorch's defaults, without clipping or average. */
    public static AdamWSettings defaults() {
        return new AdamWSettings(0.9, 0.999, 1e-8, 0, 0);
    }
}
