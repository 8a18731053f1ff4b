package org.cryonext.cryoet.simulate;

/**
 * A stack of images, kept in blocks of {@link Lanes#BLOCK} rows so that a pixel's neighbours along y lie side by side:
 * block, tilt, x, y within the block. One pixel before the first x and one after the last are always there and zero
 * when read as part of an image; the last block is filled up with rows of zeros.
 */
final class TiltSeries {
    private final int tilts;
    private final int nx;
    private final int ny;
    private final float[][] blocks;

    TiltSeries(int tilts, int nx, int ny) {
        this.tilts = tilts;
        this.nx = nx;
        this.ny = ny;
        blocks = new float[(ny + Lanes.BLOCK - 1) / Lanes.BLOCK][tilts * (nx + 2) * Lanes.BLOCK];
    }

    int tilts() {
        return tilts;
    }

    int nx() {
        return nx;
    }

    int ny() {
        return ny;
    }

    int blocks() {
        return blocks.length;
    }

    float[] block(int block) {
        return blocks[block];
    }

    /** Where in a block pixel {@code x} of a tilt begins; x counts from -1 to nx. */
    int at(int tilt, int x) {
        return (tilt * (nx + 2) + x + 1) * Lanes.BLOCK;
    }

    /** Rows of a block that are inside the image. */
    int rows(int block) {
        return Math.min(Lanes.BLOCK, ny - block * Lanes.BLOCK);
    }

    /** Copies one image, [ny, nx], adding {@code offset} to each pixel. */
    void copyImage(int tilt, float offset, float[] out) {
        for (int b = 0; b < blocks.length; b++) {
            float[] block = blocks[b];
            for (int row = 0; row < rows(b); row++) {
                int to = (b * Lanes.BLOCK + row) * nx;
                int from = at(tilt, 0) + row;
                for (int x = 0; x < nx; x++, from += Lanes.BLOCK) {
                    out[to + x] = block[from] + offset;
                }
            }
        }
    }

    /** Copies the pixels at {@code x} of one image, for all y, to {@code out} from {@code outAt} on. */
    void copyColumn(int tilt, int x, float[] out, int outAt) {
        for (int b = 0; b < blocks.length; b++) {
            System.arraycopy(blocks[b], at(tilt, x), out, outAt + b * Lanes.BLOCK, rows(b));
        }
    }

    /** Sets the pixels at {@code x} of one image, for all y, from {@code in}. */
    void setColumn(int tilt, int x, float[] in, int inAt) {
        for (int b = 0; b < blocks.length; b++) {
            System.arraycopy(in, inAt + b * Lanes.BLOCK, blocks[b], at(tilt, x), rows(b));
        }
    }
}
