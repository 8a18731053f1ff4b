package org.cryonext.cryoet.report;

import java.util.List;

/**
 * A particle as the network sees it, to be shown as a picture.
 *
 * @param truth id of its true class
 * @param predicted id of the class predicted for it, or {@link org.cryonext.cryoet.metrics.Prediction#UNKNOWN}
 * @param caption where it is from, for instance {@code model_9, line 12}
 * @param slices its views, in the order of the run
 */
public record SampleTriplet(int truth, int predicted, String caption, List<Slice> slices) {

    /** Copies the list. */
    public SampleTriplet {
        slices = List.copyOf(slices);
    }

    /**
     * One view.
     *
     * @param view its name, for instance {@code XY}
     * @param width pixels
     * @param height pixels
     * @param pixels grey values, [height, width] row by row; not copied
     */
    public record Slice(String view, int width, int height, byte[] pixels) {

        /** @throws IllegalArgumentException if the number of pixels is not width x height */
        public Slice {
            if (width < 1 || height < 1 || pixels.length != Math.multiplyExact(width, height)) {
                throw new IllegalArgumentException(pixels.length + " pixels for " + width + " x " + height);
            }
        }
    }
}
