package org.cryonext.cryoet.volume;

import java.util.Objects;

/** A volume on the heap, one array a slice, so that it may hold more than 2^31 voxels. */
public final class MemoryVolume implements Volume {
    private final String name;
    private final int nx;
    private final int ny;
    private final double voxelSize;
    private final float[][] slices;

    /**
     * @param name where it comes from, for messages
     * @param nx voxels along x
     * @param ny voxels along y
     * @param voxelSize edge of a voxel in Angstrom, 0 where unknown
     * @param slices one array of ny * nx values for each z; kept, not copied
     */
    public MemoryVolume(String name, int nx, int ny, double voxelSize, float[][] slices) {
        if (nx <= 0 || ny <= 0 || slices.length == 0) {
            throw new IllegalArgumentException("a volume of " + nx + " x " + ny + " x " + slices.length);
        }
        for (float[] slice : slices) {
            Objects.checkFromIndexSize(0, Math.multiplyExact(nx, ny), slice.length);
        }
        this.name = name;
        this.nx = nx;
        this.ny = ny;
        this.voxelSize = voxelSize;
        this.slices = slices;
    }

    /** A volume of zeros. */
    public static MemoryVolume zeros(String name, int nx, int ny, int nz, double voxelSize) {
        return new MemoryVolume(name, nx, ny, voxelSize, new float[nz][Math.multiplyExact(nx, ny)]);
    }

    /** A volume of the values in {@code data}, [nz, ny, nx]. */
    public static MemoryVolume of(String name, int nx, int ny, int nz, double voxelSize, float[] data) {
        MemoryVolume volume = zeros(name, nx, ny, nz, voxelSize);
        int plane = nx * ny;
        Objects.checkFromIndexSize(0, Math.multiplyExact(plane, nz), data.length);
        for (int z = 0; z < nz; z++) {
            System.arraycopy(data, z * plane, volume.slices[z], 0, plane);
        }
        return volume;
    }

    /** The values of slice {@code z}, [ny, nx], to read or to change. */
    public float[] slice(int z) {
        return slices[z];
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int nx() {
        return nx;
    }

    @Override
    public int ny() {
        return ny;
    }

    @Override
    public int nz() {
        return slices.length;
    }

    @Override
    public double voxelSize() {
        return voxelSize;
    }

    @Override
    public float get(int x, int y, int z) {
        Objects.checkIndex(x, nx);
        Objects.checkIndex(y, ny);
        float value = slices[z][y * nx + x];
        if (!Float.isFinite(value)) {
            throw Boxes.notFinite(this, x, y, z, value);
        }
        return value;
    }

    @Override
    public void read(int x, int y, int z, int width, int height, int depth, float[] out, int at) {
        Boxes.require(this, x, y, z, width, height, depth, out, at);
        int to = at;
        for (int k = 0; k < depth; k++) {
            for (int j = 0; j < height; j++, to += width) {
                System.arraycopy(slices[z + k], (y + j) * nx + x, out, to, width);
            }
        }
        Boxes.requireFinite(this, x, y, z, width, height, to - at, out, at);
    }

    @Override
    public void close() {}
}
