package org.cryonext.engine.backend.cuda;

import java.util.List;
import org.cryonext.engine.tensor.Shape;

/**
 * The patches of images, as the kernels of patch convolutions take them.
 *
 * @param images number of images
 * @param k side of a patch
 * @param height rows of an image
 * @param width columns of an image
 * @param channels channels of an image
 */
record PatchSizes(int images, int k, int height, int width, int channels) {
    static PatchSizes of(Shape images, int k) {
        int[] dims = images.toInts();
        return new PatchSizes(dims[0], k, dims[1], dims[2], dims[3]);
    }

    /** Number of whole patches. */
    int patches() {
        return Math.multiplyExact(images, Math.multiplyExact(height / k, width / k));
    }

    /** Values of a patch. */
    int values() {
        return Math.multiplyExact(k, piece());
    }

    /** Neighbours in memory: a row of a patch. */
    int piece() {
        return Math.multiplyExact(k, channels);
    }

    /** A row of an image. */
    int line() {
        return Math.multiplyExact(width, channels);
    }

    /** Whether the patches cover the images. */
    boolean whole() {
        return height % k == 0 && width % k == 0;
    }

    /** The kernels' arguments. */
    List<Object> arguments(int filters) {
        return List.of(images, k, height, width, channels, filters);
    }
}
