package org.cryonext.cryoet.simulate;

/**
 * A turned density, ready to be placed: the smallest box around its voxels.
 *
 * @param lowX first voxel of the box relative to the particle's centre
 * @param lowY first voxel of the box relative to the particle's centre
 * @param lowZ first voxel of the box relative to the particle's centre
 * @param nx voxels along x
 * @param ny voxels along y
 * @param nz voxels along z
 * @param contrast [nz, ny, nx]; 0 outside the particle
 */
record Stamp(int lowX, int lowY, int lowZ, int nx, int ny, int nz, float[] contrast) {
    /** Turns a density about its centre of mass, which comes to lie on the middle of a voxel; its mass is kept. */
    static Stamp of(Density density, Rotation rotation) {
        int reach = (int) Math.ceil(density.radius()) + 1;
        int edge = 2 * reach + 1;
        double[][] m = rotation.matrix();
        double[] weights = new double[12];
        float[] values = new float[edge * edge * edge];
        int[] low = {edge, edge, edge};
        int[] high = {-1, -1, -1};
        for (int z = -reach, i = 0; z <= reach; z++) {
            for (int y = -reach; y <= reach; y++) {
                for (int x = -reach; x <= reach; x++, i++) {
                    if (x * x + y * y + z * z > reach * reach) {
                        continue;
                    }
                    // The matrix's transpose is its inverse: from the turned voxel back to the density's grid.
                    float value = density.at(
                            m[0][0] * x + m[1][0] * y + m[2][0] * z + density.centreX(),
                            m[0][1] * x + m[1][1] * y + m[2][1] * z + density.centreY(),
                            m[0][2] * x + m[1][2] * y + m[2][2] * z + density.centreZ(),
                            weights);
                    if (value >= Density.supportLevel()) {
                        values[i] = value;
                        low[0] = Math.min(low[0], x + reach);
                        low[1] = Math.min(low[1], y + reach);
                        low[2] = Math.min(low[2], z + reach);
                        high[0] = Math.max(high[0], x + reach);
                        high[1] = Math.max(high[1], y + reach);
                        high[2] = Math.max(high[2], z + reach);
                    }
                }
            }
        }
        int nx = high[0] - low[0] + 1;
        int ny = high[1] - low[1] + 1;
        int nz = high[2] - low[2] + 1;
        float[] box = new float[nx * ny * nz];
        for (int z = 0; z < nz; z++) {
            for (int y = 0; y < ny; y++) {
                int from = ((z + low[2]) * edge + y + low[1]) * edge + low[0];
                System.arraycopy(values, from, box, (z * ny + y) * nx, nx);
            }
        }
        Density.rescale(box, Density.sum(density.contrast()));
        return new Stamp(low[0] - reach, low[1] - reach, low[2] - reach, nx, ny, nz, box);
    }

    /** Voxels that are not empty. */
    int support() {
        int count = 0;
        for (float value : contrast) {
            count += value > 0 ? 1 : 0;
        }
        return count;
    }

    /**
     * Which voxels belong to the particle: those from {@link Density#MASK_LEVEL} on. Where the centre is in a cavity, the
     * ball around it that touches none of them belongs to it too, so that the particle is hit by its own position.
     */
    boolean[] mask() {
        double level = Density.MASK_LEVEL * Density.SOLID;
        boolean[] mask = new boolean[contrast.length];
        int nearest = Integer.MAX_VALUE;
        for (int i = 0; i < contrast.length; i++) {
            mask[i] = contrast[i] > level;
            if (mask[i]) {
                nearest = Math.min(nearest, squaredDistance(i));
            }
        }
        for (int i = 0; i < contrast.length; i++) {
            mask[i] |= squaredDistance(i) < nearest;
        }
        return mask;
    }

    /** Of a voxel of the box from the particle's centre. */
    private int squaredDistance(int index) {
        int x = lowX + index % nx;
        int y = lowY + index / nx % ny;
        int z = lowZ + index / (nx * ny);
        return x * x + y * y + z * z;
    }
}
