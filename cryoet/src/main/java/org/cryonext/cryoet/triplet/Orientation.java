package org.cryonext.cryoet.triplet;

/**
 * Where the axes of something point: a turn, or a turn and a mirror.
 *
 * @param x where its x axis points; of length 1, as the others, and at right angles to them
 * @param y where its y axis points
 * @param z where its z axis points
 */
record Orientation(Vector x, Vector y, Vector z) {
    /** Along the axes of the volume. */
    static final Orientation STRAIGHT = new Orientation(new Vector(1, 0, 0), new Vector(0, 1, 0), new Vector(0, 0, 1));

    /** Where something of orientation {@code inner}, in what is turned so, points. */
    Orientation of(Orientation inner) {
        return new Orientation(of(inner.x), of(inner.y), of(inner.z));
    }

    /** Where a way in what is turned so leads. */
    Vector of(Vector way) {
        return Vector.sum(way.x(), x, way.y(), y, way.z(), z);
    }

    /** Whether every axis lies along one of the volume's, so that voxels come to lie on voxels. */
    boolean isExact() {
        return x.isAxis() && y.isAxis() && z.isAxis();
    }

    /** Mirrored: x where bit 0 of {@code axes} is set, y where bit 1 is, z where bit 2 is. */
    static Orientation mirrored(int axes) {
        return new Orientation(
                new Vector((axes & 1) == 0 ? 1 : -1, 0, 0),
                new Vector(0, (axes & 2) == 0 ? 1 : -1, 0),
                new Vector(0, 0, (axes & 4) == 0 ? 1 : -1));
    }

    /** Turned about z, from x towards y. */
    static Orientation aboutZ(double degrees) {
        return about(new Vector(0, 0, 1), degrees);
    }

    /**
     * Turned about an axis.
     *
     * @param axis of length 1
     * @param degrees counter-clockwise where the axis points to the eye
     */
    static Orientation about(Vector axis, double degrees) {
        // Rodrigues's formula; StrictMath, since samples must not depend on the machine.
        double angle = StrictMath.toRadians(degrees);
        double c = StrictMath.cos(angle);
        double s = StrictMath.sin(angle);
        double d = 1 - c;
        double a = axis.x();
        double b = axis.y();
        double e = axis.z();
        return STRAIGHT.of(new Orientation(
                new Vector(c + a * a * d, a * b * d + e * s, a * e * d - b * s),
                new Vector(a * b * d - e * s, c + b * b * d, b * e * d + a * s),
                new Vector(a * e * d + b * s, b * e * d - a * s, c + e * e * d)));
    }

    /**
     * Turned so that every orientation is equally likely. Source: Shoemake, Uniform random rotations, Graphics Gems III,
     * 1992.
     *
     * @param a uniform from 0 to 1
     * @param b uniform from 0 to 1
     * @param c uniform from 0 to 1
     */
    static Orientation uniform(double a, double b, double c) {
        double low = Math.sqrt(1 - a);
        double high = Math.sqrt(a);
        double i = low * StrictMath.sin(2 * Math.PI * b);
        double j = low * StrictMath.cos(2 * Math.PI * b);
        double k = high * StrictMath.sin(2 * Math.PI * c);
        double w = high * StrictMath.cos(2 * Math.PI * c);
        return new Orientation(
                new Vector(1 - 2 * (j * j + k * k), 2 * (i * j + k * w), 2 * (i * k - j * w)),
                new Vector(2 * (i * j - k * w), 1 - 2 * (i * i + k * k), 2 * (j * k + i * w)),
                new Vector(2 * (i * k + j * w), 2 * (j * k - i * w), 1 - 2 * (i * i + j * j)));
    }
}
