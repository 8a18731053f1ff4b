package org.cryonext.cryoet.simulate;

import java.util.stream.IntStream;

/**
 * How points of a volume come to lie in a tilt series. Tilting is about y, through the middle of the volume: the point
 * (x, z), measured from the middle, is seen at x' = x cos(tilt) + z sin(tilt).
 *
 * @param degrees tilt angles
 */
record TiltGeometry(double[] degrees) {
    private static final double STEP = 3;

    /** SHREC 2020's: -60 to 60 degrees by 3. */
    static TiltGeometry shrec() {
        return upTo(Imaging.SHREC.maxTilt());
    }

    /**
     * Tilts from minus to plus an angle, 0 among them, in equal steps as near to 3 degrees as they can be.
     *
     * @param maxTilt in degrees
     */
    static TiltGeometry upTo(double maxTilt) {
        int steps = (int) Math.max(1, Math.round(maxTilt / STEP));
        return new TiltGeometry(IntStream.rangeClosed(-steps, steps)
                .mapToDouble(i -> i * maxTilt / steps)
                .toArray());
    }

    int tilts() {
        return degrees.length;
    }

    double cos(int tilt) {
        return Math.cos(Math.toRadians(degrees[tilt]));
    }

    double sin(int tilt) {
        return Math.sin(Math.toRadians(degrees[tilt]));
    }

    /**
     * A row of voxels along x, seen in one tilt: voxel x lies at pixel {@code start + x * step}, counted in a row of
     * pixels that has one more before the first and one more after the last. Voxels {@code from} to {@code to - 1} are
     * those for which the two nearest pixels are in that row.
     */
    record Row(double start, double step, int from, int to) {}

    /** The row of {@code nx} voxels at height {@code z} of {@code nz}, seen in {@code nx} pixels. */
    Row row(int tilt, int z, int nx, int nz) {
        double middle = (nx - 1) / 2.0;
        double step = cos(tilt);
        double start = middle - middle * step + (z - (nz - 1) / 2.0) * sin(tilt) + 1;
        int from = Math.clamp((long) Math.ceil(-start / step), 0, nx);
        int to = Math.clamp((long) Math.ceil((nx + 1 - start) / step), 0, nx);
        // Rounding of the two quotients may be off by one voxel; the sums below are what the loops compute.
        while (from < to && start + from * step < 0) {
            from++;
        }
        while (to > from && start + (to - 1) * step >= nx + 1) {
            to--;
        }
        return new Row(start, step, from, to);
    }
}
