package org.cryonext.cryoet.triplet;

import java.util.Arrays;
import org.cryonext.cryoet.fourier.Fourier;

/**
 * Takes from a box the frequencies that a tilt series lacks: those steeper than its last tilt, in every plane across the
 * tilt axis y. Source: Liu et al., Isotropic reconstruction for electron tomography with deep learning (IsoNet), Nature
 * Communications 13, 6482 (2022), which turns subtomograms and takes the wedge from them again.
 *
 * <p>Two planes are one complex image; a real, even filter keeps them apart. One thread at a time; memory is used again.
 */
final class MissingWedge {
    private float[] re = new float[0];
    private float[] im = new float[0];
    private float[] turnedRe = new float[0];
    private float[] turnedIm = new float[0];

    /** The box that is transformed where a region is wanted: width and depth are powers of two. */
    static Region padded(Region wanted) {
        int width = Fourier.paddedSize(wanted.width());
        int depth = Fourier.paddedSize(wanted.depth());
        return new Region(
                wanted.x() - (width - wanted.width()) / 2,
                wanted.y(),
                wanted.z() - (depth - wanted.depth()) / 2,
                width,
                wanted.height(),
                depth);
    }

    /**
     * Filters a box.
     *
     * @param values [depth, height, width], with z, y and x along them
     * @param region its size; see {@link #padded}
     * @param tilt the last tilt in degrees, below 90
     */
    void remove(float[] values, Region region, double tilt) {
        int width = region.width();
        int depth = region.depth();
        int pairs = Math.ceilDiv(region.height(), 2);
        int size = depth * pairs * width;
        if (re.length < size) {
            re = new float[size];
            im = new float[size];
            turnedRe = new float[size];
            turnedIm = new float[size];
        }
        copy(values, region, pairs, true);
        Fourier alongZ = new Fourier(depth);
        Fourier alongX = new Fourier(width);
        alongZ.forward(re, im, pairs * width);
        Fourier.transpose(re, turnedRe, depth * pairs, width);
        Fourier.transpose(im, turnedIm, depth * pairs, width);
        alongX.forward(turnedRe, turnedIm, depth * pairs);
        double slope = StrictMath.tan(StrictMath.toRadians(tilt));
        float scale = 1f / (width * depth);
        for (int x = 0; x < width; x++) {
            double farthest = slope * frequency(alongX.frequency(x), width);
            for (int z = 0; z < depth; z++) {
                double steepness = frequency(alongZ.frequency(z), depth);
                // A hair, since a tilt of 45 degrees must keep its own line.
                float factor = steepness <= farthest * (1 + 1e-9) ? scale : 0;
                int from = (x * depth + z) * pairs;
                for (int i = from; i < from + pairs; i++) {
                    turnedRe[i] *= factor;
                    turnedIm[i] *= factor;
                }
            }
        }
        alongX.inverse(turnedRe, turnedIm, depth * pairs);
        Fourier.transpose(turnedRe, re, width, depth * pairs);
        Fourier.transpose(turnedIm, im, width, depth * pairs);
        alongZ.inverse(re, im, pairs * width);
        copy(values, region, pairs, false);
    }

    /** The size of a frequency, in cycles a voxel. */
    private static double frequency(int index, int size) {
        return (double) Math.min(index, size - index) / size;
    }

    /** Rows y = 0, 2, ... are the real part, those after them the imaginary one. */
    private void copy(float[] values, Region region, int pairs, boolean in) {
        int width = region.width();
        for (int z = 0; z < region.depth(); z++) {
            for (int y = 0; y < 2 * pairs; y++) {
                int row = (z * region.height() + y) * width;
                int there = (z * pairs + y / 2) * width;
                float[] part = y % 2 == 0 ? re : im;
                if (y == region.height()) {
                    Arrays.fill(part, there, there + width, 0);
                } else if (in) {
                    System.arraycopy(values, row, part, there, width);
                } else {
                    System.arraycopy(part, there, values, row, width);
                }
            }
        }
    }
}
