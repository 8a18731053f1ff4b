package org.cryonext.cryoet.dataset;

import java.util.Locale;
import java.util.Optional;
import org.cryonext.cryoet.volume.MrcVolume;
import org.cryonext.cryoet.volume.Volume;

/**
 * Whether the particles of the ground truth are where they are looked for in the reconstruction: at the z offset that
 * follows from the sizes, and not mirrored in z, as some reconstructions are, depending on the program that made them. Both
 * volumes are binned by 4 and correlated at the offset, at those around it, and mirrored; only the size of the correlation
 * counts, as protein is dark in one and bright in the other.
 *
 * @param expected the z offset that follows from the sizes
 * @param direct correlation coefficient at that offset
 * @param offset the offset, within 8 of the expected one, at which the two fit best
 * @param best correlation coefficient there
 * @param mirrored correlation coefficient at the expected offset with the reconstruction mirrored in z
 */
public record AlignmentCheck(int expected, double direct, int offset, double best, double mirrored) {
    private static final int BIN = 4;
    private static final int REACH = 8;
    /** Below this there is no signal to decide on; noise gives about 1 / sqrt(voxels), 0.001 at SHREC's size. */
    private static final double SIGNAL = 0.02;

    /**
     * Compares the reconstruction of a tomogram with its grandmodel; reads both once.
     *
     * @throws org.cryonext.engine.io.InputException where one is missing or they do not fit together
     */
    public static AlignmentCheck of(ShrecTomogram tomogram) {
        int expected = tomogram.zOffset(Source.RECONSTRUCTION);
        try (MrcVolume truth = tomogram.open(Source.GRANDMODEL);
                MrcVolume reconstruction = tomogram.open(Source.RECONSTRUCTION)) {
            float[][] a = binned(truth, 0, truth.nz());
            int first = Math.max(0, expected - REACH);
            int last = Math.min(reconstruction.nz() - truth.nz(), expected + REACH);
            float[][] b = binned(reconstruction, first, last - first + truth.nz());
            double direct = correlation(a, b, expected - first, false);
            double best = direct;
            int offset = expected;
            for (int candidate = first; candidate <= last; candidate++) {
                double here = correlation(a, b, candidate - first, false);
                if (Math.abs(here) > Math.abs(best)) {
                    best = here;
                    offset = candidate;
                }
            }
            return new AlignmentCheck(expected, direct, offset, best, correlation(a, b, expected - first, true));
        }
    }

    /** Whether the reconstruction fits the ground truth clearly better when it is mirrored. */
    public boolean looksMirrored() {
        return Math.abs(mirrored) > SIGNAL && Math.abs(mirrored) > 1.5 * Math.abs(direct);
    }

    /** Whether the reconstruction fits the ground truth clearly better at another offset than its size says. */
    public boolean looksShifted() {
        return !looksMirrored()
                && Math.abs(best) > SIGNAL
                && Math.abs(best) > 1.2 * Math.abs(direct)
                && Math.abs(offset - expected) > 1;
    }

    /** What to tell the user, where something is wrong. */
    public Optional<String> note(ShrecTomogram tomogram) {
        if (looksMirrored()) {
            return Optional.of(String.format(
                    Locale.ROOT,
                    "%s: reconstruction.mrc looks mirrored in z: it correlates with grandmodel.mrc by %.3f as it is and"
                            + " by %.3f mirrored; mirror it (IMOD: clip flipz) before using it",
                    tomogram.name(),
                    direct,
                    mirrored));
        }
        return looksShifted()
                ? Optional.of(String.format(
                        Locale.ROOT,
                        "%s: reconstruction.mrc looks shifted in z: it correlates with grandmodel.mrc by %.3f at the"
                                + " offset %d that follows from its size and by %.3f at %d; pad or trim it by %d slices",
                        tomogram.name(),
                        direct,
                        expected,
                        best,
                        offset,
                        Math.abs(offset - expected)))
                : Optional.empty();
    }

    /** What was found, in few words. */
    public String verdict() {
        if (hasNoSignal()) {
            return "too little correlation to tell";
        }
        return looksMirrored() ? "looks mirrored in z" : looksShifted() ? "looks shifted in z" : "as expected";
    }

    private boolean hasNoSignal() {
        return Math.abs(best) <= SIGNAL && Math.abs(mirrored) <= SIGNAL;
    }

    /** What was found, in a sentence without the tomogram's name. */
    public String sentence() {
        if (hasNoSignal()) {
            return String.format(
                    Locale.ROOT,
                    "z offset %d by the sizes; too little correlation with the grandmodel to check it (%.3f)",
                    expected,
                    direct);
        }
        return String.format(
                Locale.ROOT,
                "z offset %d by the sizes, %d by correlation with the grandmodel (%.3f); %s (%.3f)",
                expected,
                offset,
                best,
                looksMirrored() ? "looks mirrored in z" : "not mirrored in z",
                mirrored);
    }

    /** The slices with x and y binned by 4. */
    private static float[][] binned(Volume volume, int firstSlice, int slices) {
        int nx = volume.nx() / BIN;
        int ny = volume.ny() / BIN;
        float[][] out = new float[slices][nx * ny];
        float[] slice = new float[volume.nx() * volume.ny()];
        for (int z = 0; z < slices; z++) {
            volume.readSlice(firstSlice + z, slice);
            for (int y = 0; y < ny * BIN; y++) {
                for (int x = 0; x < nx * BIN; x++) {
                    out[z][y / BIN * nx + x / BIN] += slice[y * volume.nx() + x];
                }
            }
        }
        return out;
    }

    /**
     * Correlation of all of {@code a} with as many slices of {@code b}, both binned by 4 along z; the last slices are left
     * out alike at both ends, so that mirroring maps boxes on boxes.
     */
    private static double correlation(float[][] a, float[][] b, int offset, boolean mirror) {
        int boxes = a.length / BIN;
        int skipped = a.length % BIN / 2;
        int pixels = a[0].length;
        double[] first = new double[pixels];
        double[] second = new double[pixels];
        Sums sums = new Sums();
        for (int box = 0; box < boxes; box++) {
            int other = mirror ? boxes - 1 - box : box;
            for (int i = 0; i < pixels; i++) {
                first[i] = 0;
                second[i] = 0;
                for (int z = 0; z < BIN; z++) {
                    first[i] += a[skipped + box * BIN + z][i];
                    second[i] += b[offset + skipped + other * BIN + z][i];
                }
            }
            sums.add(first, second);
        }
        return sums.correlation();
    }

    /** Sums around the first values, so that large means cost no digits. */
    private static final class Sums {
        private double originA;
        private double originB;
        private long count;
        private double a;
        private double b;
        private double aa;
        private double bb;
        private double ab;

        private void add(double[] first, double[] second) {
            if (count == 0 && first.length > 0) {
                originA = first[0];
                originB = second[0];
            }
            for (int i = 0; i < first.length; i++) {
                double x = first[i] - originA;
                double y = second[i] - originB;
                a += x;
                b += y;
                aa += x * x;
                bb += y * y;
                ab += x * y;
            }
            count += first.length;
        }

        private double correlation() {
            double scale = Math.sqrt((aa - a * a / count) * (bb - b * b / count));
            return count > 0 && scale > 0 ? (ab - a * b / count) / scale : 0;
        }
    }
}
