package org.cryonext.cryoet.volume;

/**
 * What an MRC file to be written looks like: x fastest, little endian.
 *
 * @param nx voxels along x
 * @param ny voxels along y
 * @param nz voxels along z
 * @param mode how a voxel is stored
 * @param voxelSize edge of a voxel in Angstrom; 0 leaves the cell empty
 * @param shrec writes the header as SHREC 2020's files have it: no MAP identifier, a voxel of 1 Angstrom, machine stamp
 *     44 41 00 00
 */
public record MrcForm(int nx, int ny, int nz, MrcMode mode, double voxelSize, boolean shrec) {
    public MrcForm {
        if (nx <= 0 || ny <= 0 || nz <= 0) {
            throw new IllegalArgumentException("an MRC file of " + nx + " x " + ny + " x " + nz);
        }
    }

    /** Floats with a correct header. */
    public static MrcForm standard(int nx, int ny, int nz, double voxelSize) {
        return new MrcForm(nx, ny, nz, MrcMode.FLOAT32, voxelSize, false);
    }

    /** Floats with the faults of SHREC 2020's headers. */
    public static MrcForm shrec(int nx, int ny, int nz) {
        return new MrcForm(nx, ny, nz, MrcMode.FLOAT32, 1, true);
    }
}
