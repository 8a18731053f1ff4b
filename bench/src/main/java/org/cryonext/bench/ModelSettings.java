package org.cryonext.bench;

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
        String name, ConvNextConfig config, boolean training, int imageSize, int batch, int threads, double seconds) {}
