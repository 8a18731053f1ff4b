package org.cryonext.bench.paper;

import org.cryonext.models.convnext.ConvNextConfig;
import org.cryonext.models.convnext.Layer;
import org.cryonext.models.convnext.Parameter;
import org.cryonext.models.convnext.Version;

/**
 * The bytes that inference moves at least if each block's depthwise convolution is one kernel and the rest of it another: 5
 * values a pixel, channel and block (V1: the first reads and writes one each; the second reads its input and the residual and
 * writes the sum), 13 with global response normalisation (V2), whose hidden values make a trip through memory; and what stem,
 * downsamples and head read and write.
 *
 * @param imageBytes of each image
 * @param weightBytes once a step
 */
public record FusedMinimum(long imageBytes, long weightBytes) {
    private static final int V1_VALUES = 5;
    private static final int V2_VALUES = 13;

    /**
     * Counts it.
     *
     * @param size pixels of a side
     * @param bytes of a value
     */
    public static FusedMinimum of(ConvNextConfig config, int size, int bytes) {
        int each = config.version() == Version.V1 ? V1_VALUES : V2_VALUES;
        long side = size / config.patchSize();
        long values = (long) config.channels() * size * size
                + side * side * config.dims().getFirst();
        for (int s = 0; s < ConvNextConfig.STAGES; s++) {
            long channels = config.dims().get(s);
            if (s > 0) {
                values += side * side * config.dims().get(s - 1);
                side /= 2;
                values += side * side * channels;
            }
            values += each * side * side * channels * config.depths().get(s);
        }
        values += side * side * config.dims().getLast() + config.classes();
        long weights = Parameter.of(config).stream()
                .mapToLong(p -> p.shape().size() * (p.isMatrix() && p.layer() != Layer.DEPTHWISE ? bytes : Float.BYTES))
                .sum();
        return new FusedMinimum(values * bytes, weights);
    }

    /** Bytes for each image of a batch. */
    public double perImage(int batch) {
        return imageBytes + (double) weightBytes / batch;
    }
}
