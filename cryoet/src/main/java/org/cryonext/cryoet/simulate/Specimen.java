package org.cryonext.cryoet.simulate;

import java.util.List;

/**
 * What lies in the microscope.
 *
 * @param size voxels
 * @param particles in the order of the particle list
 * @param contrast over water, one slice [ny, nx] for each z
 * @param occupancy number of the particle in each voxel, from 1; 0 is water
 * @param boxes the same for the particles' bounding boxes; where boxes overlap, the later particle's counts
 */
record Specimen(VolumeSize size, List<Placement> particles, float[][] contrast, char[][] occupancy, char[][] boxes) {
    /** Value of water. */
    static final float WATER = 0.15f;

    /** Standard deviation of water's noise in a voxel. */
    static final double WATER_NOISE = 0.01;

    /** Adds water's noise to the contrast. */
    void addWaterNoise(RandomStreams streams, Workers workers) {
        workers.each(size.nz(), z -> {
            var random = streams.of(RandomStreams.Use.WATER, z);
            float[] slice = contrast[z];
            for (int i = 0; i < slice.length; i++) {
                slice[i] += (float) (WATER_NOISE * random.nextGaussian());
            }
        });
    }
}
