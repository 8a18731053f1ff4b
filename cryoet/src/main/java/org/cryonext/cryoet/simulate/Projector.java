package org.cryonext.cryoet.simulate;

/**
 * Line integrals of a volume for a tilt series: each voxel is shared out over the two nearest pixels, so that a tilt
 * keeps the volume's mass (but for what falls beside the image). Lengths are in voxels.
 */
final class Projector {
    private Projector() {}

    /**
     * @param slices one slice [ny, nx] for each z
     * @return images of nx x ny pixels
     */
    static TiltSeries project(float[][] slices, int nx, int ny, TiltGeometry geometry, Workers workers) {
        TiltSeries series = new TiltSeries(geometry.tilts(), nx, ny);
        workers.each(series.blocks(), b -> projectBlock(slices, series, b, geometry));
        return series;
    }

    private static void projectBlock(float[][] slices, TiltSeries series, int b, TiltGeometry geometry) {
        int nx = series.nx();
        int rows = series.rows(b);
        float[] images = series.block(b);
        float[] voxels = new float[nx * Lanes.BLOCK];
        for (int z = 0; z < slices.length; z++) {
            for (int row = 0; row < rows; row++) {
                int from = (b * Lanes.BLOCK + row) * nx;
                for (int x = 0; x < nx; x++) {
                    voxels[x * Lanes.BLOCK + row] = slices[z][from + x];
                }
            }
            for (int tilt = 0; tilt < geometry.tilts(); tilt++) {
                addRow(voxels, images, series.at(tilt, -1), geometry.row(tilt, z, nx, slices.length));
            }
        }
        clearMargins(series, images);
    }

    private static void addRow(float[] voxels, float[] images, int at, TiltGeometry.Row row) {
        for (int x = row.from(); x < row.to(); x++) {
            double pixel = row.start() + x * row.step();
            int left = (int) pixel;
            float right = (float) (pixel - left);
            int to = at + left * Lanes.BLOCK;
            Lanes.addScaled(images, to, voxels, x * Lanes.BLOCK, 1 - right);
            Lanes.addScaled(images, to + Lanes.BLOCK, voxels, x * Lanes.BLOCK, right);
        }
    }

    private static void clearMargins(TiltSeries series, float[] images) {
        for (int tilt = 0; tilt < series.tilts(); tilt++) {
            for (int i = 0; i < Lanes.BLOCK; i++) {
                images[series.at(tilt, -1) + i] = 0;
                images[series.at(tilt, series.nx()) + i] = 0;
            }
        }
    }
}
