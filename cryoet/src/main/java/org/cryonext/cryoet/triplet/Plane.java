package org.cryonext.cryoet.triplet;

/** Orientation of a slice; the second axis of the name runs down the image. */
public enum Plane {
    /** Rows along y, columns along x: the plane of the untilted projection. */
    XY,
    /** Rows along z, columns along x. */
    XZ,
    /** Rows along z, columns along y. */
    YZ,
    /** As a view's {@link Normal} says. */
    OBLIQUE
}
