package org.cryonext.bench;

import org.cryonext.engine.io.InputException;
import org.cryonext.models.convnext.ConvNext;
import org.cryonext.models.convnext.ConvNextConfig;

/**
 * One whole-model measurement.
 *
 * @param name of the model, for the row
 * @param config its architecture
 * @param training whether a step with gradients and AdamW is timed, rather than a forward pass
 * @param imageSize height and width of an image
 * @param batch images in a batch
 * @param threads worker threads
 * @param seconds about how long is measured, after a third of that as warm-up
 */
public record ModelSettings(
        String name, ConvNextConfig config, boolean training, int imageSize, int batch, int threads, double seconds) {
    /**
     * Checks the sizes.
     *
     * @throws InputException if the model cannot be timed so
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
        if (!(seconds > 0 && seconds < 1e6)) {
            throw new InputException("Each row is to be measured for " + seconds + " seconds; expected more than 0 and"
                    + " less than 1e6");
        }
    }
}
