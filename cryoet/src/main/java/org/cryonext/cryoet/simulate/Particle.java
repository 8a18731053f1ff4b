package org.cryonext.cryoet.simulate;

/**
 * A particle of a specimen.
 *
 * @param protein place in {@link Protein#SHREC_2020}
 * @param x voxel of its centre of mass
 * @param y voxel of its centre of mass
 * @param z voxel of its centre of mass
 * @param rotation its orientation
 */
record Particle(int protein, int x, int y, int z, Rotation rotation) {}
