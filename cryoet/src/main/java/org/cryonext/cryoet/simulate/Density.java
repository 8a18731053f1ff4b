package org.cryonext.cryoet.simulate;

/**
 * One protein's contrast over water on a grid of 1 nm, unturned.
 *
 * @param nx voxels along x
 * @param ny voxels along y
 * @param nz voxels along z
 * @param contrast [nz, ny, nx]; {@link #SOLID} where a voxel is full of protein; zero at the borders
 * @param centreX centre of mass, in voxels
 * @param centreY centre of mass, in voxels
 * @param centreZ centre of mass, in voxels
 * @param radius from the centre of mass to the farthest voxel that is not zero
 */
record Density(
        int nx, int ny, int nz, float[] contrast, double centreX, double centreY, double centreZ, double radius) {
    /** Contrast of solid protein over water: 0.242 - 0.15. */
    static final double SOLID = 0.092;

    /** Density of solid protein in kDa / nm^3, from the usual partial specific volume of 0.73 cm^3 / g. */
    static final double MASS_DENSITY = 1 / (0.73 * 1.66054);

    /** Parts of {@link #SOLID} from which on a voxel counts as the particle: gives SHREC's volumes, see docs/simulation.md. */
    static final double MASK_LEVEL = 0.02;

    /** Parts of {@link #SOLID} below which contrast is dropped, so that a particle ends somewhere. */
    private static final double SUPPORT_LEVEL = 0.002;

    // Two empty voxels on every side: the reach of cubic interpolation.
    private static final int BORDER = 2;

    /**
     * Scales a density of any unit so that its sum is the protein's mass, and cuts it to what is not empty.
     *
     * @param mass in kDa
     * @param values [nz, ny, nx], proportional to mass per voxel of 1 nm^3
     */
    static Density ofMass(double mass, int nx, int ny, int nz, float[] values) {
        double full = mass / MASS_DENSITY * SOLID;
        double sum = sum(values);
        float[] kept = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            float value = (float) (values[i] * full / sum);
            kept[i] = value < SUPPORT_LEVEL * SOLID ? 0 : value;
        }
        rescale(kept, full);
        return cut(nx, ny, nz, kept);
    }

    /** Multiplies {@code values} so that their sum is {@code target}. */
    static void rescale(float[] values, double target) {
        float factor = (float) (target / sum(values));
        for (int i = 0; i < values.length; i++) {
            values[i] *= factor;
        }
    }

    /** The sum in double precision. */
    static double sum(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += value;
        }
        return sum;
    }

    private static Density cut(int nx, int ny, int nz, float[] values) {
        int[] low = {nx, ny, nz};
        int[] high = {-1, -1, -1};
        for (int i = 0; i < values.length; i++) {
            if (values[i] > 0) {
                int[] at = {i % nx, i / nx % ny, i / (nx * ny)};
                for (int axis = 0; axis < 3; axis++) {
                    low[axis] = Math.min(low[axis], at[axis]);
                    high[axis] = Math.max(high[axis], at[axis]);
                }
            }
        }
        int width = high[0] - low[0] + 1 + 2 * BORDER;
        int height = high[1] - low[1] + 1 + 2 * BORDER;
        int depth = high[2] - low[2] + 1 + 2 * BORDER;
        float[] inner = new float[width * height * depth];
        for (int z = low[2]; z <= high[2]; z++) {
            for (int y = low[1]; y <= high[1]; y++) {
                int to = ((z - low[2] + BORDER) * height + y - low[1] + BORDER) * width + BORDER;
                System.arraycopy(values, (z * ny + y) * nx + low[0], inner, to, high[0] - low[0] + 1);
            }
        }
        return centred(width, height, depth, inner);
    }

    private static Density centred(int nx, int ny, int nz, float[] values) {
        double sum = sum(values);
        double[] centre = new double[3];
        for (int i = 0; i < values.length; i++) {
            centre[0] += values[i] * (i % nx) / sum;
            centre[1] += values[i] * (double) (i / nx % ny) / sum;
            centre[2] += values[i] * (double) (i / (nx * ny)) / sum;
        }
        double radius = 0;
        for (int i = 0; i < values.length; i++) {
            if (values[i] > 0) {
                double dx = i % nx - centre[0];
                double dy = i / nx % ny - centre[1];
                double dz = i / (nx * ny) - centre[2];
                radius = Math.max(radius, Math.sqrt(dx * dx + dy * dy + dz * dz));
            }
        }
        return new Density(nx, ny, nz, values, centre[0], centre[1], centre[2], radius);
    }

    /** Mass in kDa. */
    double mass() {
        return sum(contrast) / SOLID * MASS_DENSITY;
    }

    /** Contrast at (x, y, z) in voxels: Keys' cubic convolution (doi:10.1109/TASSP.1981.1163711); 0 outside. */
    float at(double x, double y, double z, double[] weights) {
        int ix = (int) Math.floor(x);
        int iy = (int) Math.floor(y);
        int iz = (int) Math.floor(z);
        if (ix < 1 || iy < 1 || iz < 1 || ix > nx - 3 || iy > ny - 3 || iz > nz - 3) {
            return 0;
        }
        keys(x - ix, weights, 0);
        keys(y - iy, weights, 4);
        keys(z - iz, weights, 8);
        double sum = 0;
        for (int c = 0; c < 4; c++) {
            double plane = 0;
            for (int b = 0; b < 4; b++) {
                int i = ((iz + c - 1) * ny + iy + b - 1) * nx + ix - 1;
                plane += weights[4 + b]
                        * (weights[0] * contrast[i]
                                + weights[1] * contrast[i + 1]
                                + weights[2] * contrast[i + 2]
                                + weights[3] * contrast[i + 3]);
            }
            sum += weights[8 + c] * plane;
        }
        return (float) sum;
    }

    private static void keys(double t, double[] weights, int at) {
        weights[at] = ((-0.5 * t + 1) * t - 0.5) * t;
        weights[at + 1] = (1.5 * t - 2.5) * t * t + 1;
        weights[at + 2] = ((-1.5 * t + 2) * t + 0.5) * t;
        weights[at + 3] = (0.5 * t - 0.5) * t * t;
    }

    /** Support level in units of contrast. */
    static float supportLevel() {
        return (float) (SUPPORT_LEVEL * SOLID);
    }
}
