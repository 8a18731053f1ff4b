package org.cryonext.engine.backend.cpu;

/**
 * How non-overlapping square patches lie in images [N, H, W, C]; rows and columns that fill no whole patch are left
 * out.
 *
 * @param batch images
 * @param height rows of an image
 * @param width columns of an image
 * @param channels channels of a pixel
 * @param size edge of a patch, pixels
 */
record PatchGeometry(int batch, int height, int width, int channels, int size) {
    int patchRows() {
        return height / size;
    }

    int patchColumns() {
        return width / size;
    }

    /** Number of patches. */
    int patches() {
        return batch * patchRows() * patchColumns();
    }

    /** Values of one row of a patch, which lie together. */
    int segment() {
        return size * channels;
    }

    /** Values of a patch. */
    int patchValues() {
        return size * segment();
    }

    /** Position of row {@code y} of a patch in the images. */
    int position(int patch, int y) {
        int column = patch % patchColumns();
        int rest = patch / patchColumns();
        int row = rest % patchRows();
        int image = rest / patchRows();
        return ((image * height + row * size + y) * width + column * size) * channels;
    }
}
