package org.cryonext.cryoet.triplet;

/**
 * A direction or a way, in voxels.
 *
 * @param x along x
 * @param y along y
 * @param z along z
 */
record Vector(double x, double y, double z) {
    static final Vector ZERO = new Vector(0, 0, 0);

    /** Sines and cosines of quarter turns are not quite what they should be; so near they are. */
    private static final double NEAR = 1e-12;

    /** a x + b y + c z. */
    static Vector sum(double a, Vector x, double b, Vector y, double c, Vector z) {
        return new Vector(
                whole(a * x.x + b * y.x + c * z.x),
                whole(a * x.y + b * y.y + c * z.y),
                whole(a * x.z + b * y.z + c * z.z));
    }

    private static double whole(double value) {
        double nearest = Math.rint(value);
        return Math.abs(value - nearest) < NEAR ? nearest + 0.0 : value;
    }

    /** Whether it goes along an axis, one voxel. */
    boolean isAxis() {
        return isWhole() && Math.abs(x) + Math.abs(y) + Math.abs(z) == 1;
    }

    private boolean isWhole() {
        return x == Math.rint(x) && y == Math.rint(y) && z == Math.rint(z);
    }

    /** The nearest whole voxels, halves upwards. */
    Vector rounded() {
        return new Vector(Math.floor(x + 0.5), Math.floor(y + 0.5), Math.floor(z + 0.5));
    }
}
