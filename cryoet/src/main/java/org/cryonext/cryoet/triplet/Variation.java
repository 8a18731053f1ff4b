package org.cryonext.cryoet.triplet;

/**
 * How one particle is shown other than it is.
 *
 * @param pose where the cube's axes point in the volume
 * @param shift where its middle is, from the particle's voxel along the volume's axes; rounded to whole voxels where the
 *     pose is one of quarter turns and mirrors, so that nothing is interpolated
 * @param tilt the last tilt, in degrees, of a missing wedge that is taken from the cube; 0 for none
 * @param gain factor of the contrast about the tomogram's mean
 * @param brightness what is added, in standard deviations of the tomogram
 * @param noise standard deviation of the noise that is added to a voxel, in those of the tomogram
 * @param noiseKey what the noise is drawn from
 */
record Variation(
        Orientation pose, Vector shift, double tilt, double gain, double brightness, double noise, long noiseKey) {
    /** As it is. */
    static final Variation NONE = posed(Orientation.STRAIGHT, Vector.ZERO);

    /** Only turned and moved. */
    static Variation posed(Orientation pose, Vector shift) {
        return new Variation(pose, shift, 0, 1, 0, 0, 0);
    }

    /** Whether values are changed, wherever they come from. */
    boolean changesValues() {
        return gain != 1 || brightness != 0 || noise != 0;
    }

    /**
     * Changes the values of a view.
     *
     * @param view its number; each has noise of its own
     * @param layers slices that were averaged: the noise of a mean is smaller
     */
    void change(float[] values, GreyRange range, int view, int layers) {
        float mean = range.mean();
        float factor = (float) gain;
        float add = (float) (mean + brightness * range.deviation());
        float spread = (float) (noise * range.deviation() / Math.sqrt(layers));
        for (int i = 0; i < values.length; i++) {
            values[i] = (values[i] - mean) * factor + add;
        }
        if (spread > 0) {
            GaussianNoise.add(values, spread, noiseKey + view);
        }
    }
}
