package org.cryonext.cryoet.volume;

/**
 * Mean and spread of all voxels of a volume.
 *
 * @param mean of the voxels
 * @param deviation their standard deviation (the population's)
 */
public record VolumeStatistics(double mean, double deviation) {

    /** Reads the whole volume once. */
    public static VolumeStatistics of(Volume volume) {
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
        return new VolumeStatistics(mean, Math.sqrt(squares / volume.voxels()));
    }
}
