package org.cryonext.bench.model;

import org.cryonext.engine.backend.Precision;
import org.cryonext.engine.io.InputException;
import org.cryonext.models.convnext.ConvNext;
import org.cryonext.models.convnext.ConvNextConfig;

/**
 * A whole model at work.
 *
 * @param name of the model, for the row
 * @param config its architecture
 * @param mode what it is timed at
 * @param imageSize height and width of an image
 * @param batch images in a batch
 * @param threads worker threads
 * @param recompute whether training computes the inside of a block twice rather than keep it
 * @param precision what it computes in
 */
public record ModelSettings(
        String name,
        ConvNextConfig config,
        Mode mode,
        int imageSize,
        int batch,
        int threads,
        boolean recompute,
        Precision precision) {
    /** In F32, keeping what gradients need. */
    public ModelSettings(String name, ConvNextConfig config, Mode mode, int imageSize, int batch, int threads) {
        this(name, config, mode, imageSize, batch, threads, false, Precision.F32);
    }

    /**
     * Checks the sizes.
     *
     * @throws InputException if the model cannot run so
     */
    public ModelSettings {
        int smallest = ConvNext.minimumSize(config);
        if (imageSize < smallest) {
            throw new InputException("An image of " + imageSize + " pixels is too small for " + name
                    + "; it needs at least " + smallest);
        }
        if (batch < 1 || threads < 1) {
            throw new InputException("There are " + batch + " images in a batch and " + threads
                    + " threads; at least one of each is needed");
        }
    }

    /** The same in another precision. */
    public ModelSettings in(Precision other) {
        return new ModelSettings(name, config, mode, imageSize, batch, threads, recompute, other);
    }
}
