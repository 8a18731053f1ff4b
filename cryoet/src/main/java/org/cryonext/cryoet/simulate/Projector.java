package org.cryonext.cryoet.simulate;

/**
 * Line integrals of a volume for a tilt series: each voxel is shared out over the pixels that its square covers, so that a
 * tilt keeps the volume's mass (but for what falls beside the image) and an even volume has an even image. Lengths are in
 * voxels.
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
                Footprint footprint = Footprint.of(geometry.cos(tilt), geometry.sin(tilt));
                TiltGeometry.Row row = geometry.row(tilt, z, nx, slices.length);
                addRow(voxels, nx, images, series.at(tilt, -1), row, footprint);
            }
        }
        clearMargins(series, images);
    }

    private static void addRow(
            float[] voxels, int nx, float[] images, int at, TiltGeometry.Row row, Footprint footprint) {
        for (int x = 0; x < nx; x++) {
            double middle = row.start() + x * row.step();
            int first = footprint.firstPixel(middle);
            double left = footprint.before(first + 0.5 - middle);
            double leftAndCentre = footprint.before(first + 1.5 - middle);
            add(voxels, x, nx, images, at, first, (float) left);
            add(voxels, x, nx, images, at, first + 1, (float) (leftAndCentre - left));
            add(voxels, x, nx, images, at, first + 2, (float) (1 - leftAndCentre));
        }
    }

    private static void add(float[] voxels, int x, int nx, float[] images, int at, int pixel, float weight) {
        if (pixel >= 0 && pixel < nx + 2) {
            Lanes.addScaled(images, at + pixel * Lanes.BLOCK, voxels, x * Lanes.BLOCK, weight);
        }
    }

    /**
     * How a voxel's square of edge 1 is spread across the pixels: a trapezium of area 1, centred on the voxel.
     *
     * @param outer half of its lower base
     * @param inner half of its upper base
     * @param height its height
     */
    private record Footprint(double outer, double inner, double height) {
        // Added before truncation to an int, so that it rounds towards minus infinity; pixels are never so far out.
        private static final int SHIFT = 1 << 14;

        static Footprint of(double cos, double sin) {
            double c = Math.abs(cos);
            double s = Math.abs(sin);
            return new Footprint((c + s) / 2, Math.abs(c - s) / 2, 1 / Math.max(c, s));
        }

        /** The first of the three pixels that a voxel at {@code middle} can reach. */
        int firstPixel(double middle) {
            return (int) (middle - outer + 0.5 + SHIFT) - SHIFT;
        }

        /** Area before {@code u}, measured from the middle. */
        double before(double u) {
            if (u <= -inner) {
                double ramp = Math.max(0, u + outer);
                return ramp == 0 ? 0 : height * ramp * ramp / (2 * (outer - inner));
            }
            if (u < inner) {
                return 0.5 + height * u;
            }
            double ramp = Math.max(0, outer - u);
            return ramp == 0 ? 1 : 1 - height * ramp * ramp / (2 * (outer - inner));
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
