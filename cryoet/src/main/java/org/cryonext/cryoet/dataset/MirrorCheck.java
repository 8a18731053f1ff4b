package org.cryonext.cryoet.dataset;

import java.util.Locale;
import java.util.Optional;
import org.cryonext.cryoet.volume.MrcVolume;
import org.cryonext.cryoet.volume.Volume;

/**
 * Whether a reconstruction is mirrored in z against the ground truth, as some are, depending on the program that made them:
 * then every particle would be looked for at the wrong height. Both are binned by 4 and correlated as they are and mirrored;
 * only the size of the correlation counts, as protein is dark in one and bright in the other.
 *
 * @param direct correlation coefficient of the two as they are
 * @param mirrored correlation coefficient with the reconstruction mirrored in z
 */
public record MirrorCheck(double direct, double mirrored) {
    private static final int BIN = 4;

    /** Below this there is no signal to decide on; noise gives about 1 / sqrt(voxels), 0.001 at SHREC's size. */
    private static final double SIGNAL = 0.02;

    /**
     * Compares the reconstruction of a tomogram with its grandmodel; reads both once.
     *
     * @throws org.cryonext.engine.io.InputException where one is missing or they do not fit together
     */
    public static MirrorCheck of(ShrecTomogram tomogram) {
        int offset = tomogram.zOffset(Source.RECONSTRUCTION);
        try (MrcVolume truth = tomogram.open(Source.GRANDMODEL);
                MrcVolume reconstruction = tomogram.open(Source.RECONSTRUCTION)) {
            float[][] a = binned(truth, 0, truth.nz());
            float[][] b = binned(reconstruction, offset, truth.nz());
            return new MirrorCheck(correlation(a, b, false), correlation(a, b, true));
        }
    }

    /** Whether the reconstruction fits the ground truth clearly better when it is mirrored. */
    public boolean looksMirrored() {
        return Math.abs(mirrored) > SIGNAL && Math.abs(mirrored) > 1.5 * Math.abs(direct);
    }

    /** What to tell the user, where there is something to tell. */
    public Optional<String> note(ShrecTomogram tomogram) {
        return looksMirrored()
                ? Optional.of(String.format(
                        Locale.ROOT,
                        "%s: reconstruction.mrc looks mirrored in z: it correlates with grandmodel.mrc by %.3f as it is and"
                                + " by %.3f mirrored; mirror it (IMOD: clip flipz) before using it",
                        tomogram.name(),
                        direct,
                        mirrored))
                : Optional.empty();
    }

    /** Sums over boxes of 4 x 4 x 4; the last slices are left out alike at both ends, so that mirroring maps boxes on boxes. */
    private static float[][] binned(Volume volume, int firstSlice, int slices) {
        int nx = volume.nx() / BIN;
        int ny = volume.ny() / BIN;
        int nz = slices / BIN;
        int skipped = slices % BIN / 2;
        float[][] out = new float[nz][nx * ny];
        float[] slice = new float[volume.nx() * volume.ny()];
        for (int z = 0; z < nz * BIN; z++) {
            volume.readSlice(firstSlice + skipped + z, slice);
            float[] sums = out[z / BIN];
            for (int y = 0; y < ny * BIN; y++) {
                for (int x = 0; x < nx * BIN; x++) {
                    sums[y / BIN * nx + x / BIN] += slice[y * volume.nx() + x];
                }
            }
        }
        return out;
    }

    private static double correlation(float[][] a, float[][] b, boolean mirror) {
        double meanA = mean(a);
        double meanB = mean(b);
        double squaresA = 0;
        double squaresB = 0;
        double products = 0;
        for (int z = 0; z < a.length; z++) {
            float[] other = b[mirror ? b.length - 1 - z : z];
            for (int i = 0; i < other.length; i++) {
                double first = a[z][i] - meanA;
                double second = other[i] - meanB;
                squaresA += first * first;
                squaresB += second * second;
                products += first * second;
            }
        }
        double scale = Math.sqrt(squaresA * squaresB);
        return scale > 0 ? products / scale : 0;
    }

    private static double mean(float[][] slices) {
        double sum = 0;
        long count = 0;
        for (float[] slice : slices) {
            for (float value : slice) {
                sum += value;
            }
            count += slice.length;
        }
        return count == 0 ? 0 : sum / count;
    }
}
