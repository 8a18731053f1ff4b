package org.cryonext.cryoet.triplet;

import java.util.ArrayList;
import java.util.List;
import org.cryonext.cryoet.volume.Volume;

/**
 * Takes the values of views out of volumes. It reads the slabs that views need one by one, or, where they overlap so much
 * that this is less, the box around all of them at once. Where particles are turned by anything but quarter turns, values
 * between voxels are interpolated: of each view's slab, or, where that is less, of the box around all upright slabs, which
 * the views are then cut from; where a missing wedge is taken, of the box around everything, the whole of the particle's
 * cube across the tilt axis. One thread at a time; nothing is allocated for values after the first particles.
 */
final class ViewSampler {
    private final List<Slab> slabs;
    /** The box around all upright slabs; null where its views are better sampled one by one. */
    private final Slab together;
    /** The box around all slabs and the particle's cube, with room for a Fourier transform. */
    private final Slab everything;

    private final Box source = new Box();
    private final Box turned = new Box();
    private final Box layers = new Box();
    private final MissingWedge wedge = new MissingWedge();

    private Volume volume;
    private Vector voxel;
    private int firstZ;
    private int lastZ;
    private Orientation pose;
    private Vector shift;
    private boolean sourceRead;
    /** Whether {@link #turned} holds all upright views or, where a wedge was taken, every view. */
    private boolean turnedFilled;

    private boolean wedgeTaken;

    ViewSampler(List<View> views) {
        slabs = views.stream().map(Slab::of).toList();
        List<Region> upright =
                slabs.stream().filter(Slab::isUpright).map(Slab::upright).toList();
        together = upright.stream()
                .reduce(Region::with)
                .filter(all -> size(upright) >= all.size())
                .map(all -> new Slab(Orientation.STRAIGHT, all))
                .orElse(null);
        everything = new Slab(
                Orientation.STRAIGHT,
                MissingWedge.padded(slabs.stream()
                        .map(Slab::upright)
                        .reduce(Region::with)
                        .map(all -> all.with(cube(views, all)))
                        .orElseThrow()));
    }

    /**
     * As far as a particle's cube goes across the tilt axis, so that what a wedge takes does not depend on how far its views
     * go; along the axis planes are filtered one by one.
     */
    private static Region cube(List<View> views, Region all) {
        int edge = views.stream().mapToInt(View::edge).max().orElseThrow();
        return new Region(-edge / 2, all.y(), -edge / 2, edge, all.height(), edge);
    }

    private static long size(List<Region> regions) {
        return regions.stream().mapToLong(Region::size).sum();
    }

    /**
     * Turns to a particle.
     *
     * @param around its voxel
     * @param bottom the first z that belongs to it
     * @param top the last one
     * @param moved how it is turned and moved
     */
    void aim(Volume of, Vector around, int bottom, int top, Variation moved) {
        volume = of;
        voxel = around;
        firstZ = bottom;
        lastZ = top;
        pose = moved.pose();
        shift = pose.isExact() ? moved.shift().rounded() : moved.shift();
        wedgeTaken = moved.tilt() > 0;
        Slab sampled = wedgeTaken ? everything : pose.isExact() ? null : together;
        turnedFilled = sampled != null;
        List<Region> needed = new ArrayList<>();
        slabs.stream().filter(slab -> !isTurned(slab)).forEach(slab -> needed.add(slab.region(pose, shift)));
        if (turnedFilled) {
            needed.add(sampled.region(pose, shift));
        }
        Region all = needed.stream().reduce(Region::with).orElseThrow();
        sourceRead = size(needed) >= all.size();
        if (sourceRead) {
            read(all);
        }
        if (turnedFilled) {
            read(sampled);
            if (pose.isExact()) {
                turned.take(source, sampled.extent(), pose, shift);
            } else {
                turned.sample(source, sampled.extent(), pose, shift);
            }
        }
        if (wedgeTaken) {
            turned.remove(wedge, moved.tilt());
        }
    }

    /** Whether a slab is cut from the turned box. */
    private boolean isTurned(Slab slab) {
        return turnedFilled && (wedgeTaken || slab.isUpright());
    }

    /** Reads what a slab needs, unless everything was read. */
    private void read(Slab slab) {
        if (!sourceRead) {
            read(slab.region(pose, shift));
        }
    }

    private void read(Region around) {
        Region there = around.moved((int) voxel.x(), (int) voxel.y(), (int) voxel.z());
        source.read(volume, there, firstZ, lastZ, around);
    }

    /**
     * The means over a view's slices.
     *
     * @param view its number
     * @param to receives edge x edge values
     */
    void values(int view, float[] to) {
        Slab slab = slabs.get(view);
        if (isTurned(slab)) {
            cut(turned, slab, slab.axes(), Vector.ZERO, to);
        } else {
            read(slab);
            cut(source, slab, pose.of(slab.axes()), shift, to);
        }
    }

    private void cut(Box from, Slab slab, Orientation axes, Vector middle, float[] to) {
        if (axes.isExact() && middle.equals(middle.rounded())) {
            from.mean(slab.extent(), axes, middle, to);
        } else {
            layers.sample(from, slab.extent(), axes, middle);
            layers.mean(slab.extent(), Orientation.STRAIGHT, Vector.ZERO, to);
        }
    }
}
