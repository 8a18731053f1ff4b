package org.cryonext.cryoet.simulate;

import org.cryonext.engine.io.InputException;

/**
 * Voxels of a specimen along x, y and z; a voxel is 1 nm wide.
 *
 * @param nx along x, across the tilt axis
 * @param ny along y, the tilt axis
 * @param nz along z, the beam at tilt 0
 */
public record VolumeSize(int nx, int ny, int nz) {
    /** The smallest edge: the largest protein, in any orientation, has room on every side. */
    public static final int MINIMUM = 64;

    /** The largest edge. */
    public static final int MAXIMUM = 1024;

    /** SHREC 2020's specimens. */
    public static final VolumeSize SHREC = new VolumeSize(512, 512, 200);

    /** @throws InputException if an edge is out of bounds */
    public VolumeSize {
        if (Math.min(nx, Math.min(ny, nz)) < MINIMUM || Math.max(nx, Math.max(ny, nz)) > MAXIMUM) {
            throw new InputException("A tomogram of " + nx + " x " + ny + " x " + nz
                    + " voxels cannot be simulated: every edge of --size must be between " + MINIMUM + " and "
                    + MAXIMUM);
        }
    }

    /**
     * Reads {@code "X,Y,Z"}.
     *
     * @throws InputException if the text is not three whole numbers within bounds
     */
    public static VolumeSize parse(String text) {
        String[] parts = text.split(",", -1);
        if (parts.length != 3) {
            throw unreadable(text);
        }
        try {
            return new VolumeSize(
                    Integer.parseInt(parts[0].strip()),
                    Integer.parseInt(parts[1].strip()),
                    Integer.parseInt(parts[2].strip()));
        } catch (NumberFormatException e) {
            throw unreadable(text);
        }
    }

    private static InputException unreadable(String text) {
        return new InputException(
                "--size " + text + " is not a size; give three whole numbers X,Y,Z, for instance 256,256,96");
    }

    /** Voxels in all. */
    public long voxels() {
        return (long) nx * ny * nz;
    }

    /** Slices of the reconstruction: the smallest number that is at least X and Z and has Z's parity. */
    public int reconstructionSlices() {
        int slices = Math.max(nx, nz);
        return slices + (slices - nz) % 2;
    }

    /** What is added to a specimen's z to get the reconstruction's: 156 for SHREC's size. */
    public int zOffset() {
        return (reconstructionSlices() - nz) / 2;
    }

    /** SHREC's crowding: 300 particles in 256 x 256 x 96 voxels, 2,500 in 512 x 512 x 200. */
    public int usualParticles() {
        return (int) Math.max(1, Math.round(voxels() * 300.0 / (256 * 256 * 96)));
    }

    @Override
    public String toString() {
        return nx + " x " + ny + " x " + nz;
    }
}
