package org.cryonext.cryoet.simulate;

/**
 * Where a particle of a specimen lies.
 *
 * @param protein place in {@link Protein#SHREC_2020}
 * @param x voxel of its centre of mass
 * @param y voxel of its centre of mass
 * @param z voxel of its centre of mass
 * @param rotation its orientation
 */
record Placement(int protein, int x, int y, int z, Rotation rotation) {}
