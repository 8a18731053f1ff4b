package org.cryonext.cryoet.triplet;

/**
 * A box of voxels, which may leave the volume.
 *
 * @param x its first voxel
 * @param y its first voxel
 * @param z its first voxel
 * @param width voxels along x
 * @param height voxels along y
 * @param depth voxels along z
 */
record Region(int x, int y, int z, int width, int height, int depth) {
    int size() {
        return Math.multiplyExact(Math.multiplyExact(width, height), depth);
    }

    /** The smallest box with both in it. */
    Region with(Region other) {
        int x0 = Math.min(x, other.x);
        int y0 = Math.min(y, other.y);
        int z0 = Math.min(z, other.z);
        return new Region(
                x0,
                y0,
                z0,
                Math.max(x + width, other.x + other.width) - x0,
                Math.max(y + height, other.y + other.height) - y0,
                Math.max(z + depth, other.z + other.depth) - z0);
    }

    Region moved(int byX, int byY, int byZ) {
        return new Region(x + byX, y + byY, z + byZ, width, height, depth);
    }
}
