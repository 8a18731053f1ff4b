package org.cryonext.cryoet.triplet;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.cryonext.cryoet.particle.Particle;
import org.cryonext.cryoet.volume.Volume;
import org.cryonext.engine.backend.SliceImages;
import org.cryonext.engine.io.InputException;

/**
 * Cuts the views of particles out of one volume, as bytes. It reads only what is wanted. One thread at a time; the volume
 * may be shared by several cutters.
 *
 * <p>The cube around a particle has 48 voxels an axis: 24 before the particle's voxel and 23 after it. A coordinate that is
 * no whole number is rounded to the nearest voxel, halves upwards.
 */
public final class SliceCutter {
    /** Bytes of a slice of 48 x 48. */
    public static final int SLICE = View.SIZE * View.SIZE;

    private final Volume volume;
    private final Placement placement;
    private final List<View> views;
    private final Borders borders;
    private final int pixels;
    private final ViewSampler sampler;
    private final Map<Integer, Cut> cuts;
    private final int reach;
    private GreyRange range;

    /** Room for a cut: its values, and, where its edge is not that of the slices, its bytes and what resizes them. */
    private record Cut(float[] values, byte[] bytes, BilinearResize resize) {}

    /** The same for particles that lie where the list says but for {@code zOffset}, which is added to their z. */
    public SliceCutter(Volume volume, int zOffset, List<View> views, Borders borders) {
        this(volume, Placement.shifted(zOffset), views, borders);
    }

    /** Slices of 48 x 48 pixels. */
    public SliceCutter(Volume volume, Placement placement, List<View> views, Borders borders) {
        this(volume, placement, views, borders, View.SIZE);
    }

    /**
     * @param volume where the slices are cut from
     * @param placement where particles of the list lie in it
     * @param views what is cut
     * @param borders which particles count
     * @param pixels edge of the slices; views of another edge are resized
     */
    public SliceCutter(Volume volume, Placement placement, List<View> views, Borders borders, int pixels) {
        this(volume, placement, List.copyOf(views), borders, pixels, new ViewSampler(views), new HashMap<>());
    }

    private SliceCutter(
            Volume volume,
            Placement placement,
            List<View> views,
            Borders borders,
            int pixels,
            ViewSampler sampler,
            Map<Integer, Cut> cuts) {
        this.volume = volume;
        this.placement = placement;
        this.views = views;
        this.borders = borders;
        this.pixels = pixels;
        this.sampler = sampler;
        this.cuts = cuts;
        reach = Math.max(View.BEFORE, views.stream().mapToInt(View::edge).max().orElseThrow() / 2);
    }

    /** The same for another volume. The two share their memory: one thread at a time for both. */
    public SliceCutter in(Volume other, Placement otherPlacement) {
        return new SliceCutter(other, otherPlacement, views, borders, pixels, sampler, cuts);
    }

    /** What is cut from. */
    public Volume volume() {
        return volume;
    }

    /** Where particles of the list lie in the volume. */
    public Placement placement() {
        return placement;
    }

    /** Bytes of all views of one particle: views x pixels x pixels. */
    public int bytes() {
        return views.size() * pixels * pixels;
    }

    /**
     * Whether the particle counts under the rule for borders, against the size of this very volume: the reconstruction is
     * taller than the ground truth, so more particles count there.
     *
     * @throws InputException where the particle lies outside the volume
     */
    public boolean accepts(Particle particle) {
        requireInside(particle);
        return borders == Borders.PAD
                || far(x(particle), volume.nx()) && far(y(particle), volume.ny()) && far(z(particle), volume.nz());
    }

    private boolean far(int centre, int size) {
        return centre - reach >= 0 && centre + reach < size;
    }

    private int x(Particle particle) {
        return Particle.voxel(placement.x(particle));
    }

    private int y(Particle particle) {
        return Particle.voxel(placement.y(particle));
    }

    private int z(Particle particle) {
        return Particle.voxel(placement.z(particle));
    }

    private void requireInside(Particle particle) {
        if (!volume.holds(placement.x(particle), placement.y(particle), placement.z(particle))) {
            String shifted = placement.zOffset() == 0
                    ? ""
                    : " (z " + (particle.z() + placement.zOffset()) + " with the offset " + placement.zOffset() + ")";
            throw new InputException(particle.where() + ": the particle at " + particle.position() + shifted
                    + " lies outside " + volume.name() + ", which has " + volume.size() + " voxels; check that list and"
                    + " tomogram belong together and that the coordinates are voxels of this binning, from 0 (--binning"
                    + " divides unbinned ones)");
        }
    }

    /**
     * Cuts the views of a particle.
     *
     * @param out receives views x pixels x pixels unsigned bytes, rows from the smaller coordinate on
     * @param at where in {@code out} they begin
     * @throws InputException where the particle lies outside the volume or a voxel that is needed is not a number
     */
    public void cut(Particle particle, byte[] out, int at) {
        cut(particle, Variation.NONE, out, at);
    }

    /**
     * Cuts the views of a particle whose cube is mirrored about its voxel, exactly.
     *
     * @param axes 1 for x, 2 for y, 4 for z, added; 0 leaves it as it is
     */
    public void cutMirrored(Particle particle, int axes, byte[] out, int at) {
        cut(particle, Variation.posed(Orientation.mirrored(axes), Vector.ZERO), out, at);
    }

    /**
     * Cuts the views of a training particle.
     *
     * @param augmentation how it is varied
     * @param seed the run's
     * @param epoch from 0
     * @param draw the particle's index, or, where an epoch draws it again, another number
     */
    public void cut(Particle particle, Augmentation augmentation, long seed, int epoch, long draw, byte[] out, int at) {
        cut(particle, augmentation.draw(seed, epoch, draw), out, at);
    }

    /**
     * Where a device cuts the views of a particle whose cube is mirrored about its voxel.
     *
     * @param axes 1 for x, 2 for y, 4 for z, added
     * @throws InputException where the particle lies outside the volume
     */
    public SliceImages.Position position(Particle particle, int axes) {
        requireInside(particle);
        int z = z(particle);
        return new SliceImages.Position(x(particle), y(particle), z, bottom(z), top(z), axes);
    }

    /** The first z that belongs to a particle: what lies beyond a subtomogram's cell is another's. */
    private int bottom(int z) {
        int cell = placement.cell();
        return cell > 0 ? z / cell * cell : 0;
    }

    /** The last one. */
    private int top(int z) {
        int cell = placement.cell();
        return cell > 0 ? bottom(z) + cell - 1 : volume.nz() - 1;
    }

    void cut(Particle particle, Variation variation, byte[] out, int at) {
        requireInside(particle);
        Objects.checkFromIndexSize(at, bytes(), out.length);
        int z = z(particle);
        Vector voxel = new Vector(x(particle), y(particle), z);
        sampler.aim(volume, voxel, bottom(z), top(z), variation);
        int to = at;
        for (int i = 0; i < views.size(); i++, to += pixels * pixels) {
            View view = views.get(i);
            Cut cut = cuts.computeIfAbsent(view.edge(), this::cut);
            sampler.values(i, cut.values());
            if (variation.changesValues()) {
                variation.change(cut.values(), range(), i, view.thickness());
            }
            if (cut.resize() == null) {
                grey(view, cut.values(), out, to);
            } else {
                grey(view, cut.values(), cut.bytes(), 0);
                cut.resize().resize(cut.bytes(), 0, out, to);
            }
        }
    }

    /**
     * Which pixels of a particle's views lie outside of the volume, where its outermost voxels are repeated; those of a thick
     * view go by its middle.
     *
     * @return in the order of {@link #cut}'s bytes
     * @throws InputException where the particle itself lies outside
     */
    public boolean[] beyond(Particle particle) {
        requireInside(particle);
        int z = z(particle);
        boolean[] beyond = new boolean[bytes()];
        int at = 0;
        for (View view : views) {
            Slab slab = Slab.of(view);
            for (int row = 0; row < pixels; row++) {
                for (int column = 0; column < pixels; column++) {
                    Vector place = slab.middle(fromMiddle(column, view.edge()), fromMiddle(row, view.edge()));
                    beyond[at++] = !volume.holds(x(particle) + place.x(), y(particle) + place.y(), z + place.z())
                            || z + place.z() < bottom(z) - 0.5
                            || z + place.z() >= top(z) + 0.5;
                }
            }
        }
        return beyond;
    }

    /** Where a pixel of a slice lies along a view of another edge, in voxels from the particle's. */
    private double fromMiddle(int pixel, int edge) {
        return (pixel + 0.5) * edge / pixels - 0.5 - edge / 2;
    }

    private Cut cut(int edge) {
        float[] values = new float[edge * edge];
        return edge == pixels
                ? new Cut(values, null, null)
                : new Cut(values, new byte[edge * edge], new BilinearResize(edge, edge, pixels, pixels));
    }

    private void grey(View view, float[] values, byte[] out, int at) {
        if (view.normalisation() == Normalisation.SLICE) {
            Greys.stretch(values, out, at);
        } else {
            Greys.map(values, range(), out, at);
        }
    }

    /** What becomes black and white in views on the tomogram's own scale; reads the whole volume once. */
    public GreyRange range() {
        if (range == null) {
            range = GreyRange.of(volume);
        }
        return range;
    }
}
