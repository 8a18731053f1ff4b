package org.cryonext.cryoet.volume;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.cryonext.cryoet.zarr.OmeImage;
import org.cryonext.cryoet.zarr.ZarrArray;

/**
 * An OME-Zarr image in full resolution. Opening reads metadata only; chunks are unpacked where they are read. Kept are 256
 * MiB of them, or those that a whole slice needs where they are more, but at most a quarter of the heap: a tomogram larger
 * than memory is no trouble. Whatever the array's axis order, callers see x fastest and z slowest.
 */
public final class OmeZarrVolume implements VolumeFile {
    private final Path folder;
    private final OmeImage image;
    private final ZarrArray array;

    private OmeZarrVolume(Path folder, OmeImage image) {
        this.folder = folder;
        this.image = image;
        array = image.array();
    }

    /**
     * Opens an image.
     *
     * @param folder {@code tomogram.zarr}
     * @throws org.cryonext.engine.io.InputException if it is no OME-Zarr image, no volume, or holds something that cannot
     *     be read
     */
    public static OmeZarrVolume open(Path folder) {
        return new OmeZarrVolume(folder, OmeImage.open(folder));
    }

    @Override
    public List<String> notes() {
        List<String> notes = new ArrayList<>(image.notes());
        VoxelEdges.note(image.voxelSize()).ifPresent(notes::add);
        return notes;
    }

    @Override
    public String name() {
        return folder.toString();
    }

    @Override
    public int nx() {
        return size(0);
    }

    @Override
    public int ny() {
        return size(1);
    }

    @Override
    public int nz() {
        return size(2);
    }

    private int size(int axis) {
        return array.shape().get(image.axes().get(axis));
    }

    @Override
    public double voxelSize() {
        return image.voxelSize().getFirst();
    }

    @Override
    public float get(int x, int y, int z) {
        float[] one = new float[1];
        read(x, y, z, 1, 1, 1, one, 0);
        return one[0];
    }

    @Override
    public void read(int x, int y, int z, int width, int height, int depth, float[] out, int at) {
        Boxes.require(this, x, y, z, width, height, depth, out, at);
        int count = width * height * depth;
        if (count == 0) {
            return;
        }
        // Axes beside x, y and z have one element.
        int[] from = new int[array.shape().size()];
        int[] counts = new int[from.length];
        int[] steps = new int[from.length];
        Arrays.fill(counts, 1);
        set(from, x, y, z);
        set(counts, width, height, depth);
        set(steps, 1, width, width * height);
        array.read(from, counts, steps, out, at);
        if (array.floating()) {
            Boxes.requireFinite(this, x, y, z, width, height, count, out, at);
        }
    }

    private void set(int[] axes, int x, int y, int z) {
        axes[image.axes().get(0)] = x;
        axes[image.axes().get(1)] = y;
        axes[image.axes().get(2)] = z;
    }

    @Override
    public void close() {
        array.close();
    }
}
