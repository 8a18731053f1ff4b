package org.cryonext.cryoet.run;

import org.cryonext.cryoet.dataset.Contrast;

/**
 * What particles look like where the run was trained.
 *
 * @param voxelSize edge of a voxel in Angstrom; 0 where it is not known
 * @param contrast whether particles are brighter or darker than what surrounds them
 */
public record Appearance(double voxelSize, Contrast contrast) {}
