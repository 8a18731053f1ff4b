package org.cryonext.cryoet.triplet;

import java.util.Arrays;
import org.cryonext.cryoet.volume.Volume;

/** A box of values, from a volume or sampled from another box. The memory is used again, and grows where it must. */
final class Box {
    /** Bits after the point of a place between voxels. */
    private static final int POINT = 20;

    private static final int MASK = (1 << POINT) - 1;
    private static final float UNIT = 1f / (1 << POINT);

    private Region region = new Region(0, 0, 0, 0, 0, 0);
    private float[] values = new float[0];
    private float[] inside = new float[0];
    private double[] sums = new double[0];

    private static float[] room(float[] there, int size) {
        return there.length >= size ? there : new float[size];
    }

    /**
     * Reads a region of a volume; what lies outside takes the nearest voxel inside.
     *
     * @param firstZ the first z that counts as inside
     * @param lastZ the last one
     * @param named how the region is called from now on: the same, counted from elsewhere
     */
    void read(Volume volume, Region wanted, int firstZ, int lastZ, Region named) {
        region = named;
        values = room(values, wanted.size());
        int x0 = Math.clamp(wanted.x(), 0, volume.nx() - 1);
        int y0 = Math.clamp(wanted.y(), 0, volume.ny() - 1);
        int z0 = Math.clamp(wanted.z(), firstZ, lastZ);
        int w = Math.clamp(wanted.x() + wanted.width() - 1L, 0, volume.nx() - 1) + 1 - x0;
        int h = Math.clamp(wanted.y() + wanted.height() - 1L, 0, volume.ny() - 1) + 1 - y0;
        int d = Math.clamp(wanted.z() + wanted.depth() - 1L, firstZ, lastZ) + 1 - z0;
        if (w == wanted.width() && h == wanted.height() && d == wanted.depth()) {
            volume.read(x0, y0, z0, w, h, d, values, 0);
            return;
        }
        inside = room(inside, w * h * d);
        volume.read(x0, y0, z0, w, h, d, inside, 0);
        int before = Math.clamp(x0 - wanted.x(), 0, wanted.width());
        int from = Math.clamp(wanted.x() - x0, 0, w);
        int there = Math.min(w - from, wanted.width() - before);
        int to = 0;
        for (int k = 0; k < wanted.depth(); k++) {
            int sourceZ = Math.clamp(wanted.z() + k - z0, 0, d - 1);
            for (int j = 0; j < wanted.height(); j++) {
                int row = (sourceZ * h + Math.clamp(wanted.y() + j - y0, 0, h - 1)) * w;
                Arrays.fill(values, to, to + before, inside[row]);
                System.arraycopy(inside, row + from, values, to + before, there);
                Arrays.fill(values, to + before + there, to + wanted.width(), inside[row + w - 1]);
                to += wanted.width();
            }
        }
    }

    /**
     * Fills this box with values between the voxels of another, by trilinear interpolation.
     *
     * @param from holds all voxels that are needed
     * @param extent the places, along axes that point as {@code axes} says in the other box
     * @param middle where the place 0, 0, 0 lies in it
     */
    void sample(Box from, Region extent, Orientation axes, Vector middle) {
        region = extent;
        values = room(values, extent.size());
        int stepX = fixed(axes.x().x());
        int stepY = fixed(axes.x().y());
        int stepZ = fixed(axes.x().z());
        int to = 0;
        for (int k = 0; k < extent.depth(); k++) {
            for (int j = 0; j < extent.height(); j++) {
                Vector way = Vector.sum(
                        extent.x(), axes.x(), (double) extent.y() + j, axes.y(), (double) extent.z() + k, axes.z());
                int x = fixed(middle.x() + way.x() - from.region.x());
                int y = fixed(middle.y() + way.y() - from.region.y());
                int z = fixed(middle.z() + way.z() - from.region.z());
                from.row(x, y, z, stepX, stepY, stepZ, extent.width(), values, to);
                to += extent.width();
            }
        }
    }

    /**
     * Fills this box with voxels of another.
     *
     * @param extent the places, along axes that point along the other box's own
     * @param middle where the place 0, 0, 0 lies in it, a voxel
     */
    void take(Box from, Region extent, Orientation axes, Vector middle) {
        region = extent;
        values = room(values, extent.size());
        int step = from.step(axes.x());
        int first = from.index((int) middle.x(), (int) middle.y(), (int) middle.z()) + extent.x() * step;
        int to = 0;
        for (int k = 0; k < extent.depth(); k++) {
            for (int j = 0; j < extent.height(); j++) {
                int at = first + (extent.y() + j) * from.step(axes.y()) + (extent.z() + k) * from.step(axes.z());
                for (int i = 0; i < extent.width(); i++, at += step) {
                    values[to++] = from.values[at];
                }
            }
        }
    }

    /** Takes the frequencies that tilts up to an angle do not give. */
    void remove(MissingWedge wedge, double tilt) {
        wedge.remove(values, region, tilt);
    }

    private static int fixed(double value) {
        return (int) Math.rint(value * (1 << POINT));
    }

    private void row(int x0, int y0, int z0, int stepX, int stepY, int stepZ, int n, float[] out, int to) {
        int width = region.width();
        int plane = width * region.height();
        float[] v = values;
        int x = x0;
        int y = y0;
        int z = z0;
        for (int i = 0; i < n; i++) {
            int at = (z >> POINT) * plane + (y >> POINT) * width + (x >> POINT);
            float partX = (x & MASK) * UNIT;
            float partY = (y & MASK) * UNIT;
            float partZ = (z & MASK) * UNIT;
            float a = v[at] + partX * (v[at + 1] - v[at]);
            float b = v[at + width] + partX * (v[at + width + 1] - v[at + width]);
            float c = v[at + plane] + partX * (v[at + plane + 1] - v[at + plane]);
            int last = at + plane + width;
            float d = v[last] + partX * (v[last + 1] - v[last]);
            float near = a + partY * (b - a);
            float far = c + partY * (d - c);
            out[to + i] = near + partZ * (far - near);
            x += stepX;
            y += stepY;
            z += stepZ;
        }
    }

    /**
     * The means over the layers of a slab whose voxels are this box's.
     *
     * @param extent of the slab
     * @param axes where its axes point in this box, along the box's own
     * @param middle where its place 0, 0, 0 lies, a voxel
     * @param to receives [height, width]
     */
    void mean(Region extent, Orientation axes, Vector middle, float[] to) {
        int columnStep = step(axes.x());
        int rowStep = step(axes.y());
        int layerStep = step(axes.z());
        int first = index((int) middle.x(), (int) middle.y(), (int) middle.z())
                + extent.x() * columnStep
                + extent.y() * rowStep
                + extent.z() * layerStep;
        int layers = extent.depth();
        int width = extent.width();
        if (layers == 1) {
            for (int row = 0; row < extent.height(); row++) {
                for (int column = 0, from = first + row * rowStep; column < width; column++, from += columnStep) {
                    to[row * width + column] = values[from];
                }
            }
            return;
        }
        if (sums.length < width) {
            sums = new double[width];
        }
        for (int row = 0; row < extent.height(); row++) {
            int from = first + row * rowStep;
            sum(from, width, columnStep, layers, layerStep);
            for (int column = 0; column < width; column++) {
                to[row * width + column] = (float) (sums[column] / layers);
            }
        }
    }

    /** Sums of a row's columns over the layers, in the order of the layers. */
    private void sum(int from, int width, int columnStep, int layers, int layerStep) {
        float[] v = values;
        double[] sum = sums;
        if (columnStep == 1) {
            // Layer by layer, so that neighbouring columns are added at once.
            for (int column = 0; column < width; column++) {
                sum[column] = v[from + column];
            }
            for (int i = 1, at = from + layerStep; i < layers; i++, at += layerStep) {
                for (int column = 0; column < width; column++) {
                    sum[column] += v[at + column];
                }
            }
            return;
        }
        for (int column = 0, start = from; column < width; column++, start += columnStep) {
            double all = 0;
            for (int i = 0, at = start; i < layers; i++, at += layerStep) {
                all += v[at];
            }
            sum[column] = all;
        }
    }

    private int index(int x, int y, int z) {
        return ((z - region.z()) * region.height() + y - region.y()) * region.width() + x - region.x();
    }

    /** How far a step along an axis goes in the array. */
    private int step(Vector axis) {
        return (int) axis.x() + ((int) axis.y() + (int) axis.z() * region.height()) * region.width();
    }
}
