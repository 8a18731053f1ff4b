package org.cryonext.cryoet.triplet;

/**
 * Voxels around a particle in rows and columns of their own, a few layers of them.
 *
 * @param axes where columns (its x), rows (y) and layers (z) go, from the particle's axes
 * @param extent the places, counted along the slab's own axes; 0 is the particle's voxel
 */
record Slab(Orientation axes, Region extent) {

    /** What a view averages. */
    static Slab of(View view) {
        int edge = view.edge();
        return new Slab(view.axes(), new Region(-edge / 2, -edge / 2, view.first(), edge, edge, view.thickness()));
    }

    /**
     * Where a place of the middle layer lies, from the particle's voxel.
     *
     * @param column along the slab's own x; 0 is the particle's voxel
     * @param row along its y
     */
    Vector middle(double column, double row) {
        return Vector.sum(column, axes.x(), row, axes.y(), extent.z() + (extent.depth() - 1) / 2.0, axes.z());
    }

    /** Whether it lies along the particle's axes. */
    boolean isUpright() {
        return axes.isExact();
    }

    /** The box of voxels along the particle's axes that holds it. */
    Region upright() {
        return region(Orientation.STRAIGHT, Vector.ZERO);
    }

    /**
     * The box of voxels around the particle's that hold the slab's, or, where the slab's lie between voxels, their
     * neighbours.
     *
     * @param pose where the particle's axes point
     * @param shift where its middle is, from its voxel
     */
    Region region(Orientation pose, Vector shift) {
        Orientation own = pose.of(axes);
        // Between voxels, the next one is needed too, and one more on both sides, since places are rounded.
        int margin = own.isExact() && shift.equals(shift.rounded()) ? 0 : 1;
        Range across = range(own.x().x(), own.y().x(), own.z().x(), shift.x(), margin);
        Range down = range(own.x().y(), own.y().y(), own.z().y(), shift.y(), margin);
        Range through = range(own.x().z(), own.y().z(), own.z().z(), shift.z(), margin);
        return new Region(across.first(), down.first(), through.first(), across.count(), down.count(), through.count());
    }

    private record Range(int first, int count) {}

    /** Along one axis, where a column, a row and a layer go so far along it. */
    private Range range(double column, double row, double layer, double shift, int margin) {
        double low = shift
                + least(column, extent.x(), extent.width())
                + least(row, extent.y(), extent.height())
                + least(layer, extent.z(), extent.depth());
        double high = shift
                - least(-column, extent.x(), extent.width())
                - least(-row, extent.y(), extent.height())
                - least(-layer, extent.z(), extent.depth());
        int first = (int) Math.floor(low) - margin;
        int last = (int) Math.floor(high) + 2 * margin;
        return new Range(first, last - first + 1);
    }

    private static double least(double step, int first, int count) {
        return Math.min(step * first, step * (first + count - 1));
    }
}
