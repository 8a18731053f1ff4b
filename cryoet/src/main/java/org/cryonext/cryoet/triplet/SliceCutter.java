package org.cryonext.cryoet.triplet;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.cryonext.cryoet.particle.Particle;
import org.cryonext.cryoet.volume.Volume;
import org.cryonext.engine.io.InputException;

/**
 * Cuts the views of particles out of one volume, as bytes. It reads only the slices that are wanted. One thread at a time;
 * the volume may be shared by several cutters.
 *
 * <p>The cube around a particle has 48 voxels an axis: 24 before the particle's voxel and 23 after it. A coordinate that is
 * no whole number is rounded to the nearest voxel, halves upwards.
 */
public final class SliceCutter {
    /** Bytes of one slice. */
    public static final int SLICE = View.SIZE * View.SIZE;

    private final Volume volume;
    private final Placement placement;
    private final List<View> views;
    private final Borders borders;
    private final float[] inside;
    private final float[] slab;
    /** A cut of a view whose edge is not 48: its values, its bytes, and what makes 48 x 48 of them. */
    private record Resized(float[] slice, byte[] bytes, BilinearResize resize) {}

    private final float[] slice = new float[SLICE];
    private final Map<Integer, Resized> resized = new HashMap<>();
    private final int reach;
    private GreyRange range;

    /** The same for particles that lie where the list says but for {@code zOffset}, which is added to their z. */
    public SliceCutter(Volume volume, int zOffset, List<View> views, Borders borders) {
        this(volume, Placement.shifted(zOffset), views, borders);
    }

    /**
     * @param volume where the slices are cut from
     * @param placement where particles of the list lie in it
     * @param views what is cut
     * @param borders which particles count
     */
    public SliceCutter(Volume volume, Placement placement, List<View> views, Borders borders) {
        this.volume = volume;
        this.placement = placement;
        this.views = List.copyOf(views);
        this.borders = borders;
        int largest = views.stream()
                .mapToInt(view -> view.edge() * view.edge() * view.thickness())
                .max()
                .orElseThrow();
        inside = new float[largest];
        slab = new float[largest];
        reach = Math.max(View.BEFORE, views.stream().mapToInt(View::edge).max().orElseThrow() / 2);
    }

    /** Bytes of all views of one particle: views x 48 x 48. */
    public int bytes() {
        return views.size() * SLICE;
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
        if (outside(placement.x(particle), volume.nx())
                || outside(placement.y(particle), volume.ny())
                || outside(placement.z(particle), volume.nz())) {
            String shifted = placement.zOffset() == 0
                    ? ""
                    : " (z " + (particle.z() + placement.zOffset()) + " with the offset " + placement.zOffset() + ")";
            throw new InputException(particle.where() + ": the particle at " + particle.position() + shifted
                    + " lies outside " + volume.name() + ", which has " + volume.size() + " voxels; check that list and"
                    + " tomogram belong together and that the coordinates are voxels of this binning, from 0");
        }
    }

    private static boolean outside(double coordinate, int size) {
        return !(coordinate >= -0.5 && coordinate < size - 0.5);
    }

    /**
     * Cuts the views of a particle.
     *
     * @param out receives views x 48 x 48 unsigned bytes, rows from the smaller coordinate on
     * @param at where in {@code out} they begin
     * @throws InputException where the particle lies outside the volume or a voxel that is needed is not a number
     */
    public void cut(Particle particle, byte[] out, int at) {
        requireInside(particle);
        Objects.checkFromIndexSize(at, bytes(), out.length);
        for (int i = 0; i < views.size(); i++) {
            View view = views.get(i);
            if (view.edge() == View.SIZE) {
                read(view, x(particle), y(particle), z(particle), slice);
                grey(view, slice, out, at + i * SLICE);
            } else {
                Resized cut = resized.computeIfAbsent(
                        view.edge(),
                        edge -> new Resized(
                                new float[edge * edge],
                                new byte[edge * edge],
                                new BilinearResize(edge, edge, View.SIZE, View.SIZE)));
                read(view, x(particle), y(particle), z(particle), cut.slice());
                grey(view, cut.slice(), cut.bytes(), 0);
                cut.resize().resize(cut.bytes(), 0, out, at + i * SLICE);
            }
        }
    }

    private void grey(View view, float[] values, byte[] out, int at) {
        if (view.normalisation() == Normalisation.SLICE) {
            Greys.stretch(values, out, at);
        } else {
            Greys.map(values, range(), out, at);
        }
    }

    private GreyRange range() {
        if (range == null) {
            range = GreyRange.of(volume);
        }
        return range;
    }

    /** Fills {@code to} with the mean over the view's slices. */
    private void read(View view, int x, int y, int z, float[] to) {
        int size = view.edge();
        int before = size / 2;
        int first = view.first();
        int thickness = view.thickness();
        switch (view.plane()) {
            case XY -> {
                box(x - before, y - before, z + first, size, size, thickness);
                average(to, size, thickness, size * size, 1, size);
            }
            case XZ -> {
                box(x - before, y + first, z - before, size, thickness, size);
                average(to, size, thickness, size, 1, size * thickness);
            }
            case YZ -> {
                box(x + first, y - before, z - before, thickness, size, size);
                average(to, size, thickness, 1, thickness, size * thickness);
            }
        }
    }

    private void average(float[] to, int size, int thickness, int step, int columnStep, int rowStep) {
        for (int row = 0; row < size; row++) {
            for (int column = 0; column < size; column++) {
                int from = row * rowStep + column * columnStep;
                float value = slab[from];
                if (thickness > 1) {
                    double sum = 0;
                    for (int i = 0; i < thickness; i++) {
                        sum += slab[from + i * step];
                    }
                    value = (float) (sum / thickness);
                }
                to[row * size + column] = value;
            }
        }
    }

    /** Fills {@link #slab} with a box that may leave the volume; what lies outside takes the nearest voxel inside. */
    private void box(int x, int y, int z, int width, int height, int depth) {
        int x0 = Math.clamp(x, 0, volume.nx() - 1);
        int y0 = Math.clamp(y, 0, volume.ny() - 1);
        int z0 = Math.clamp(z, 0, volume.nz() - 1);
        int w = Math.clamp(x + width - 1, 0, volume.nx() - 1) + 1 - x0;
        int h = Math.clamp(y + height - 1, 0, volume.ny() - 1) + 1 - y0;
        int d = Math.clamp(z + depth - 1, 0, volume.nz() - 1) + 1 - z0;
        if (w == width && h == height && d == depth) {
            volume.read(x, y, z, width, height, depth, slab, 0);
            return;
        }
        volume.read(x0, y0, z0, w, h, d, inside, 0);
        int to = 0;
        for (int k = 0; k < depth; k++) {
            int sourceZ = Math.clamp(z + k - z0, 0, d - 1);
            for (int j = 0; j < height; j++) {
                int row = (sourceZ * h + Math.clamp(y + j - y0, 0, h - 1)) * w;
                for (int i = 0; i < width; i++) {
                    slab[to++] = inside[row + Math.clamp(x + i - x0, 0, w - 1)];
                }
            }
        }
    }
}
