package org.cryonext.engine.backend.cuda.driver;

import org.cryonext.engine.tensor.DType;

/**
 * A convolution of images [images, height, width, channels] with filters [filters, k, k, channels / groups] to results
 * [images, rows, columns, filters], or one of its gradients.
 *
 * @param way what is computed from what
 * @param padding rows and columns of zeros around an image
 * @param groups groups of channels, each with its own share of the filters
 * @param dtype element type of images, filters and results: F32, F16 or BF16; sums are F32
 * @param tf32 whether F32 may be rounded to 10 bits after the point
 */
public record ConvolutionShape(
        Way way,
        int images,
        int height,
        int width,
        int channels,
        int filters,
        int k,
        int stride,
        int padding,
        int groups,
        DType dtype,
        boolean tf32) {

    /** What is computed. */
    public enum Way {
        /** Results from images and filters. */
        FORWARD,
        /** The images' gradient from that of the results and filters. */
        IMAGE_GRADIENT,
        /** The filters' gradient from that of the results and images. */
        FILTER_GRADIENT
    }

    int rows() {
        return (height + 2 * padding - k) / stride + 1;
    }

    int columns() {
        return (width + 2 * padding - k) / stride + 1;
    }

    @Override
    public String toString() {
        return way + " of " + images + "x" + height + "x" + width + "x" + channels + " with " + filters + " filters of "
                + k + "x" + k + ", stride " + stride + ", padding " + padding + ", " + groups + " groups in " + dtype
                + (tf32 ? " as TF32" : "");
    }
}
