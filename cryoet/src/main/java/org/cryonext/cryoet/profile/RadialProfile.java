package org.cryonext.cryoet.profile;

import java.util.Arrays;
import org.cryonext.cryoet.particle.Particle;
import org.cryonext.cryoet.triplet.Placement;
import org.cryonext.cryoet.volume.Volume;
import org.cryonext.cryoet.volume.VolumeStatistics;

/**
 * What the density around a particle says of its size, and nothing of its shape: in shells of one voxel up to 24 the mean
 * and the standard deviation, the mass inside each radius, and the smallest and largest value within 1, 2, 3 and 5 voxels
 * of the centre. The tomogram is first brought to mean 0 and standard deviation 1; what lies outside it counts as its
 * mean. One thread at a time.
 */
public final class RadialProfile {
    /** Shells, and the reach of the last one in voxels. */
    static final int SHELLS = 24;

    private static final int[] CORES = {1, 2, 3, 5};

    /** Numbers in a profile. */
    public static final int LENGTH = 3 * SHELLS + 2 * CORES.length;

    private static final int EDGE = 2 * SHELLS + 1;

    private final Volume volume;
    private final Placement placement;
    private final float mean;
    private final float scale;
    private final byte[] shells = new byte[EDGE * EDGE * EDGE];
    /** Squared distances, as far as the cores reach. */
    private final short[] squares = new short[shells.length];

    private final int[] counts = new int[SHELLS + 1];
    private final float[] cube = new float[shells.length];
    private final float[] box = new float[shells.length];

    /**
     * @param volume read once for its mean and deviation
     * @param placement where particles of the list lie in it
     */
    public RadialProfile(Volume volume, Placement placement) {
        this.volume = volume;
        this.placement = placement;
        VolumeStatistics all = VolumeStatistics.of(volume);
        mean = (float) all.mean();
        scale = all.deviation() > 0 ? (float) (1 / all.deviation()) : 0;
        for (int i = 0; i < shells.length; i++) {
            int x = i % EDGE - SHELLS;
            int y = i / EDGE % EDGE - SHELLS;
            int z = i / EDGE / EDGE - SHELLS;
            int square = x * x + y * y + z * z;
            squares[i] = (short) square;
            // What lies beyond the last shell is counted in one that is never looked at.
            shells[i] = (byte) Math.min(SHELLS, (int) Math.sqrt(square));
            counts[shells[i]]++;
        }
    }

    /** The profile of a particle, {@link #LENGTH} numbers. */
    public double[] of(Particle particle) {
        read(
                Particle.voxel(placement.x(particle)),
                Particle.voxel(placement.y(particle)),
                Particle.voxel(placement.z(particle)));
        double[] sums = new double[SHELLS + 1];
        double[] squared = new double[SHELLS + 1];
        for (int i = 0; i < cube.length; i++) {
            double value = cube[i];
            sums[shells[i]] += value;
            squared[shells[i]] += value * value;
        }
        double[] profile = new double[LENGTH];
        double mass = 0;
        for (int s = 0; s < SHELLS; s++) {
            double shellMean = sums[s] / counts[s];
            mass += sums[s];
            profile[s] = shellMean;
            profile[SHELLS + s] = Math.sqrt(Math.max(0, squared[s] / counts[s] - shellMean * shellMean));
            profile[2 * SHELLS + s] = mass;
        }
        for (int c = 0; c < CORES.length; c++) {
            extremes(CORES[c], profile, 3 * SHELLS + 2 * c);
        }
        return profile;
    }

    private void extremes(int radius, double[] profile, int at) {
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        int first = SHELLS - radius;
        int last = SHELLS + radius;
        for (int z = first; z <= last; z++) {
            for (int y = first; y <= last; y++) {
                for (int x = first; x <= last; x++) {
                    int i = (z * EDGE + y) * EDGE + x;
                    if (squares[i] <= radius * radius) {
                        low = Math.min(low, cube[i]);
                        high = Math.max(high, cube[i]);
                    }
                }
            }
        }
        profile[at] = low;
        profile[at + 1] = high;
    }

    /** Fills {@link #cube} with what lies around a voxel of the volume, brought to mean 0 and deviation 1. */
    private void read(int x, int y, int z) {
        int x0 = Math.max(0, x - SHELLS);
        int y0 = Math.max(0, y - SHELLS);
        int z0 = Math.max(0, z - SHELLS);
        int width = Math.min(volume.nx() - 1, x + SHELLS) + 1 - x0;
        int height = Math.min(volume.ny() - 1, y + SHELLS) + 1 - y0;
        int depth = Math.min(volume.nz() - 1, z + SHELLS) + 1 - z0;
        if (width < EDGE || height < EDGE || depth < EDGE) {
            Arrays.fill(cube, 0);
        }
        volume.read(x0, y0, z0, width, height, depth, box, 0);
        int from = 0;
        for (int k = 0; k < depth; k++) {
            for (int j = 0; j < height; j++) {
                int to = ((z0 + k - z + SHELLS) * EDGE + y0 + j - y + SHELLS) * EDGE + x0 - x + SHELLS;
                for (int i = 0; i < width; i++) {
                    cube[to + i] = (box[from++] - mean) * scale;
                }
            }
        }
    }
}
