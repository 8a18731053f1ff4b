package org.cryonext.cryoet.simulate;

import java.util.SplittableRandom;

/**
 * An orientation as SHREC's lists give it: turn about z by {@code z1}, then about x by {@code x}, then about z by
 * {@code z2}, about fixed axes, so that a point p of the unturned density comes to Rz(z2) Rx(x) Rz(z1) p.
 *
 * @param z1 first turn about z, degrees
 * @param x turn about x, degrees
 * @param z2 second turn about z, degrees
 */
record Rotation(double z1, double x, double z2) {
    /** Every orientation is equally likely. The angles have the three decimals that the list keeps. */
    static Rotation random(SplittableRandom random) {
        double z1 = 360 * random.nextDouble();
        double x = Math.toDegrees(Math.acos(2 * random.nextDouble() - 1));
        double z2 = 360 * random.nextDouble();
        return new Rotation(rounded(z1), rounded(x), rounded(z2));
    }

    private static double rounded(double angle) {
        return Math.rint(angle * 1e3) / 1e3;
    }

    /** The matrix R, row by row, of p -> R p. */
    double[][] matrix() {
        double ca = Math.cos(Math.toRadians(z1));
        double sa = Math.sin(Math.toRadians(z1));
        double cb = Math.cos(Math.toRadians(x));
        double sb = Math.sin(Math.toRadians(x));
        double cc = Math.cos(Math.toRadians(z2));
        double sc = Math.sin(Math.toRadians(z2));
        return new double[][] {
            {cc * ca - sc * cb * sa, -cc * sa - sc * cb * ca, sc * sb},
            {sc * ca + cc * cb * sa, -sc * sa + cc * cb * ca, -cc * sb},
            {sb * sa, sb * ca, cb}
        };
    }
}
