package org.cryonext.cryoet.triplet;

import org.cryonext.cryoet.volume.Volume;
import org.cryonext.cryoet.volume.VolumeStatistics;

/**
 * The values of a whole tomogram that become black and white.
 *
 * @param low becomes 0
 * @param high becomes 255
 */
public record GreyRange(float low, float high) {
    /** Beyond four standard deviations lie gold beads and artefacts; between them all that a particle has. */
    private static final double DEVIATIONS = 4;

    /** Mean less and plus four standard deviations of all voxels; reads the whole volume once. */
    public static GreyRange of(Volume volume) {
        VolumeStatistics all = VolumeStatistics.of(volume);
        double reach = DEVIATIONS * all.deviation();
        return new GreyRange((float) (all.mean() - reach), (float) (all.mean() + reach));
    }

    /** Of all voxels. */
    float mean() {
        return (low + high) / 2;
    }

    /** Of all voxels. */
    double deviation() {
        return (high - low) / (2 * DEVIATIONS);
    }
}
