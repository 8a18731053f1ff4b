package org.cryonext.cryoet.triplet;

import org.cryonext.cryoet.volume.Volume;

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
        float[] slice = new float[Math.multiplyExact(volume.nx(), volume.ny())];
        double mean = 0;
        double squares = 0;
        for (int z = 0; z < volume.nz(); z++) {
            volume.readSlice(z, slice);
            double sum = 0;
            for (float value : slice) {
                sum += value;
            }
            double sliceMean = sum / slice.length;
            double sliceSquares = 0;
            for (float value : slice) {
                double difference = value - sliceMean;
                sliceSquares += difference * difference;
            }
            // Chan, Golub, LeVeque 1983: joins mean and squares of two parts without the loss of E[x^2] - E[x]^2.
            double delta = sliceMean - mean;
            squares += sliceSquares + delta * delta * slice.length * z / (z + 1);
            mean += delta / (z + 1);
        }
        double deviation = Math.sqrt(squares / volume.voxels());
        return new GreyRange((float) (mean - DEVIATIONS * deviation), (float) (mean + DEVIATIONS * deviation));
    }
}
