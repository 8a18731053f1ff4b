package org.cryonext.engine.backend.cpu;

/**
 * Shape of a depthwise convolution and how it is cut: each row of the image into tiles of equal width, the last of
 * which may overlap the one before, and the channels into vectors likewise.
 *
 * @param batch images
 * @param height rows
 * @param width columns
 * @param channels channels
 * @param k filter size, odd
 * @param outputs pixels of a tile
 */
record DepthwiseGeometry(int batch, int height, int width, int channels, int k, int outputs) {
    /** Whether the unrolled vector kernels can be used. */
    boolean vectors() {
        return channels >= CpuSpecies.LENGTH && k <= DepthwiseKernels.LARGEST;
    }

    int radius() {
        return k / 2;
    }

    /** Vectors of channels. */
    int groups() {
        return Math.ceilDiv(channels, CpuSpecies.LENGTH);
    }

    /** First channel of a vector. */
    int channel(int group) {
        return Math.min(group * CpuSpecies.LENGTH, channels - CpuSpecies.LENGTH);
    }

    /** Tiles of a row. */
    int tiles() {
        return Math.ceilDiv(width, outputs);
    }

    /** First column of a tile. */
    int column(int tile) {
        return Math.min(tile * outputs, width - outputs);
    }

    /** Columns that a tile's surroundings lack on the left. */
    int left(int tile) {
        return Math.max(0, radius() - column(tile));
    }

    /** Columns that a tile's surroundings lack on the right. */
    int right(int tile) {
        return Math.max(0, column(tile) + outputs + radius() - width);
    }

    /** First filter row that lies in the image for an output row. */
    int firstRow(int y) {
        return Math.max(0, radius() - y);
    }

    /** End of the filter rows that lie in the image for an output row. */
    int endRow(int y) {
        return Math.min(k, height - y + radius());
    }

    /** Position of a pixel's first channel. */
    int position(int image, int y, int x) {
        return ((image * height + y) * width + x) * channels;
    }
}
