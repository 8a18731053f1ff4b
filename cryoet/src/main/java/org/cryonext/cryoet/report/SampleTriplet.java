package org.cryonext.cryoet.report;

import java.util.List;
import java.util.stream.IntStream;

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

    /** Whether it is known what speaks for the predicted class. */
    boolean hasSaliency() {
        return slices.stream().anyMatch(slice -> slice.saliency() != null);
    }

    /**
     * One view.
     *
     * @param view its name, for instance {@code XY}
     * @param width pixels
     * @param height pixels
     * @param pixels grey values, [height, width] row by row; not copied
     * @param saliency how much each pixel speaks for the predicted class, from 0 to 255, in the same order; null where that
     *     is not known; not copied
     * @param beyond which pixels lie outside of the volume, in the same order; null for none; not copied
     */
    public record Slice(String view, int width, int height, byte[] pixels, byte[] saliency, boolean[] beyond) {

        /** @throws IllegalArgumentException if the number of pixels is not width x height */
        public Slice {
            int size = Math.multiplyExact(width, height);
            if (width < 1
                    || height < 1
                    || pixels.length != size
                    || saliency != null && saliency.length != size
                    || beyond != null && beyond.length != size) {
                throw new IllegalArgumentException(pixels.length + " pixels for " + width + " x " + height);
            }
        }

        /** Without saliency. */
        public Slice(String view, int width, int height, byte[] pixels) {
            this(view, width, height, pixels, null, null);
        }

        boolean isBeyond(int pixel) {
            return beyond != null && beyond[pixel];
        }

        /** Whether some of it lies outside of the volume. */
        public boolean leavesVolume() {
            return IntStream.range(0, pixels.length).anyMatch(this::isBeyond);
        }
    }
}
