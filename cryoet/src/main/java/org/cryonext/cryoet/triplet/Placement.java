package org.cryonext.cryoet.triplet;

import org.cryonext.cryoet.particle.Particle;

/**
 * Where a list's particles lie in a volume.
 *
 * @param zOffset voxels of the list's grid that are added to z: SHREC's reconstructions have further slices below
 * @param scale voxels of the list's grid that make one of the volume's, where that was rescaled; else 1
 * @param cell edge of a cell where the volume is a stack of extracted subtomograms and a particle's z its place in it; else 0
 */
public record Placement(int zOffset, double scale, int cell) {
    /** Where the list says. */
    public static final Placement AS_LISTED = shifted(0);

    /** Where the list says, but for z. */
    public static Placement shifted(int zOffset) {
        return new Placement(zOffset, 1, 0);
    }

    /** Coordinate in the volume's voxels. */
    public double x(Particle particle) {
        return cell > 0 ? cell / 2 : scaled(particle.x());
    }

    /** See {@link #x}. */
    public double y(Particle particle) {
        return cell > 0 ? cell / 2 : scaled(particle.y());
    }

    /** See {@link #x}. */
    public double z(Particle particle) {
        return cell > 0 ? particle.z() * cell + cell / 2 : scaled(particle.z() + zOffset);
    }

    /** Voxel centres lie half a voxel from its corner, in both grids. */
    private double scaled(double coordinate) {
        return scale == 1 ? coordinate : (coordinate + 0.5) / scale - 0.5;
    }
}
