package org.cryonext.cryoet.triplet;

import java.util.ArrayList;
import java.util.List;
import org.cryonext.cryoet.volume.Volume;

/**
 * Takes the values of views out of volumes. It reads the slabs that views need one by one, or, where they overlap so much
 * that this is less, the box around all of them at once. Where particles are turned by anything but quarter turns, values
 * between voxels are interpolated: of each view's slab, or, where that is less, of the box around all upright slabs, which
 * the views are then cut from. One thread at a time; nothing is allocated for values after the first particles.
 */
final class ViewSampler {
    private final List<Slab> slabs;
    /** The box around all upright slabs; null where its views are better sampled one by one. */
    private final Slab together;

    private final Box source = new Box();
    private final Box turned = new Box();
    private final Box layers = new Box();

    private Volume volume;
    private Vector voxel;
    private int firstZ;
    private int lastZ;
    private Orientation pose;
    private Vector shift;
    private boolean sourceRead;
    private boolean turnedFilled;

    ViewSampler(List<View> views) {
        slabs = views.stream().map(Slab::of).toList();
        List<Region> upright =
                slabs.stream().filter(Slab::isUpright).map(Slab::upright).toList();
        together = upright.stream()
                .reduce(Region::with)
                .filter(all -> size(upright) >= all.size())
                .map(all -> new Slab(Orientation.STRAIGHT, all))
                .orElse(null);
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
        boolean samplesTogether = together != null && !pose.isExact();
        List<Region> needed = new ArrayList<>();
        slabs.stream()
                .filter(slab -> !(samplesTogether && slab.isUpright()))
                .forEach(slab -> needed.add(slab.region(pose, shift)));
        if (samplesTogether) {
            needed.add(together.region(pose, shift));
        }
        Region all = needed.stream().reduce(Region::with).orElseThrow();
        sourceRead = size(needed) >= all.size();
        if (sourceRead) {
            read(all);
        }
        turnedFilled = samplesTogether;
        if (samplesTogether) {
            read(together);
            turned.sample(source, together.extent(), pose, shift);
        }
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
        Orientation axes = pose.of(slab.axes());
        if (turnedFilled && slab.isUpright()) {
            turned.mean(slab.extent(), slab.axes(), Vector.ZERO, to);
            return;
        }
        read(slab);
        if (axes.isExact() && shift.equals(shift.rounded())) {
            source.mean(slab.extent(), axes, shift, to);
        } else {
            layers.sample(source, slab.extent(), axes, shift);
            layers.mean(slab.extent(), Orientation.STRAIGHT, Vector.ZERO, to);
        }
    }
}
