package org.cryonext.cryoet.dataset;

import java.util.List;
import java.util.Locale;
import org.cryonext.cryoet.particle.Particle;
import org.cryonext.cryoet.triplet.Placement;
import org.cryonext.cryoet.volume.Volume;

/**
 * Whether particles are brighter or darker than what surrounds them: the mean density within 3 voxels of a particle's centre
 * less that of a shell from 12 to 16 voxels, in standard deviations of the shell, averaged over particles. A network that was
 * trained on dark particles is at a loss with bright ones.
 *
 * @param mean over the particles; above 0 they are bright
 * @param error standard error of the mean
 */
public record Contrast(double mean, double error) {
    private static final int CORE = 3;
    private static final int INNER = 12;
    private static final int OUTER = 16;
    /** So many particles tell it well enough. */
    private static final int ENOUGH = 200;

    /**
     * Measures it on up to 200 particles that lie far enough from the borders; none of them gives 0 and an infinite error.
     *
     * @param placement where particles of the list lie in it
     */
    public static Contrast of(Volume volume, Placement placement, List<Particle> particles) {
        List<Particle> inner = particles.stream()
                .filter(p -> far(placement.x(p), volume.nx())
                        && far(placement.y(p), volume.ny())
                        && far(placement.z(p), volume.nz()))
                .toList();
        // From all over the list, which may be sorted by class.
        int step = Math.max(1, inner.size() / ENOUGH);
        double sum = 0;
        double squares = 0;
        int count = 0;
        for (int i = 0; i < inner.size() && count < ENOUGH; i += step) {
            double value = of(volume, placement, inner.get(i));
            sum += value;
            squares += value * value;
            count++;
        }
        if (count < 2) {
            return new Contrast(count == 0 ? 0 : sum, Double.POSITIVE_INFINITY);
        }
        double mean = sum / count;
        double variance = Math.max(0, squares - count * mean * mean) / (count - 1);
        return new Contrast(mean, Math.sqrt(variance / count));
    }

    private static boolean far(double centre, int size) {
        int voxel = Particle.voxel(centre);
        return voxel - OUTER >= 0 && voxel + OUTER < size;
    }

    private static double of(Volume volume, Placement placement, Particle particle) {
        int edge = 2 * OUTER + 1;
        float[] cube = new float[edge * edge * edge];
        volume.read(
                Particle.voxel(placement.x(particle)) - OUTER,
                Particle.voxel(placement.y(particle)) - OUTER,
                Particle.voxel(placement.z(particle)) - OUTER,
                edge,
                edge,
                edge,
                cube,
                0);
        double core = 0;
        double shell = 0;
        double shellSquares = 0;
        int inCore = 0;
        int inShell = 0;
        for (int i = 0; i < cube.length; i++) {
            int x = i % edge - OUTER;
            int y = i / edge % edge - OUTER;
            int z = i / edge / edge - OUTER;
            int square = x * x + y * y + z * z;
            if (square <= CORE * CORE) {
                core += cube[i];
                inCore++;
            } else if (square >= INNER * INNER && square <= OUTER * OUTER) {
                shell += cube[i];
                shellSquares += (double) cube[i] * cube[i];
                inShell++;
            }
        }
        double around = shell / inShell;
        double deviation = Math.sqrt(Math.max(0, shellSquares / inShell - around * around));
        return deviation > 0 ? (core / inCore - around) / deviation : 0;
    }

    /** Whether it is known at all on which side of 0 it lies. */
    public boolean isClear() {
        return Math.abs(mean) > 4 * error;
    }

    /** Whether both are clear and lie on different sides. */
    public boolean contradicts(Contrast other) {
        return isClear() && other.isClear() && mean * other.mean < 0;
    }

    /** For a sentence: {@code brighter (+0.81)}. */
    public String words() {
        return String.format(Locale.ROOT, "%s (%+.2f)", mean > 0 ? "brighter" : "darker", mean);
    }
}
