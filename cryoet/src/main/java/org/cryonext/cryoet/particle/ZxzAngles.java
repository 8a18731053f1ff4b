package org.cryonext.cryoet.particle;

/**
 * An orientation as SHREC's lists give it: rotations about z, then x, then z, in degrees.
 *
 * @param z1 rot_Z1
 * @param x rot_X
 * @param z2 rot_Z2
 */
public record ZxzAngles(double z1, double x, double z2) {}
