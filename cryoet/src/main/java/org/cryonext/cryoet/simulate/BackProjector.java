package org.cryonext.cryoet.simulate;

import java.util.Arrays;

/**
 * Back-projection: a voxel is the sum, over all tilts, of the filtered image where the voxel is seen, interpolated
 * between the two nearest pixels; nothing beside the image.
 */
final class BackProjector {
    private final TiltSeries filtered;
    private final TiltGeometry geometry;
    private final int nz;

    /**
     * @param filtered images after the ramp filter
     * @param nz slices of the whole volume
     */
    BackProjector(TiltSeries filtered, TiltGeometry geometry, int nz) {
        this.filtered = filtered;
        this.geometry = geometry;
        this.nz = nz;
    }

    /**
     * Computes a few slices.
     *
     * @param z the first
     * @param slices [ny, nx] each; filled
     * @param count how many of them
     */
    void slices(int z, float[][] slices, int count, Workers workers) {
        workers.each(filtered.blocks(), b -> block(b, z, slices, count));
    }

    private void block(int b, int firstZ, float[][] slices, int count) {
        int nx = filtered.nx();
        int rows = filtered.rows(b);
        float[] images = filtered.block(b);
        float[] voxels = new float[nx * Lanes.BLOCK];
        for (int k = 0; k < count; k++) {
            Arrays.fill(voxels, 0);
            for (int tilt = 0; tilt < geometry.tilts(); tilt++) {
                addRow(voxels, images, filtered.at(tilt, -1), geometry.row(tilt, firstZ + k, nx, nz));
            }
            for (int row = 0; row < rows; row++) {
                int to = (b * Lanes.BLOCK + row) * nx;
                for (int x = 0; x < nx; x++) {
                    slices[k][to + x] = voxels[x * Lanes.BLOCK + row];
                }
            }
        }
    }

    private static void addRow(float[] voxels, float[] images, int at, TiltGeometry.Row row) {
        for (int x = row.from(); x < row.to(); x++) {
            double pixel = row.start() + x * row.step();
            int left = (int) pixel;
            float right = (float) (pixel - left);
            int from = at + left * Lanes.BLOCK;
            Lanes.addScaled(voxels, x * Lanes.BLOCK, images, from, 1 - right);
            Lanes.addScaled(voxels, x * Lanes.BLOCK, images, from + Lanes.BLOCK, right);
        }
    }
}
