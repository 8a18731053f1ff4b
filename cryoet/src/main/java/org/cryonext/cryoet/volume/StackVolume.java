package org.cryonext.cryoet.volume;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.cryonext.engine.io.InputException;

/**
 * Many small volumes as one tall one: each has a cell of its own along z, in whose middle its own middle lies; beyond its
 * borders a volume goes on with its outermost voxels. So what is made for particles in a tomogram works for extracted
 * subtomograms too. Files are opened when they are read, a few at a time.
 */
public final class StackVolume implements Volume {
    /** A cube of 49 voxels around a particle must not reach into the neighbouring cell. */
    private static final int SMALLEST_CELL = 52;
    /** Files that stay open. */
    private static final int OPEN = 8;

    private final String name;
    private final List<Path> files;
    private final List<Adaptation> adaptations;
    private final int cell;
    private final Map<Integer, Volume> open = new LinkedHashMap<>(16, 0.75f, true);

    private StackVolume(String name, List<Path> files, List<Adaptation> adaptations, int cell) {
        this.name = name;
        this.files = files;
        this.adaptations = adaptations;
        this.cell = cell;
    }

    /**
     * Opens the files one after another to learn their sizes, and closes them.
     *
     * @param name for messages
     * @param files at least one
     * @param adaptations what is done to each, to the same voxels
     * @throws InputException where one cannot be read, or is no cube
     */
    public static StackVolume open(String name, List<Path> files, List<Adaptation> adaptations) {
        int cell = SMALLEST_CELL;
        for (int i = 0; i < files.size(); i++) {
            try (Volume volume = adaptations.get(i).apply(cube(files.get(i)))) {
                cell = Math.max(cell, Math.max(volume.nx(), Math.max(volume.ny(), volume.nz())));
            }
        }
        if ((long) cell * files.size() > Integer.MAX_VALUE) {
            throw new InputException(name + ": " + files.size() + " subtomograms of " + cell
                    + " voxels are more than can be taken at once; divide the list");
        }
        return new StackVolume(name, List.copyOf(files), List.copyOf(adaptations), cell);
    }

    private static VolumeFile cube(Path file) {
        VolumeFile volume = VolumeFile.open(file);
        if (volume.nx() != volume.ny() || volume.ny() != volume.nz()) {
            String size = volume.size();
            volume.close();
            throw new InputException(
                    file + ": " + size + " voxels, and a subtomogram is a cube with its particle in the"
                            + " middle; give extracted 3D subtomograms, or a list with the particles' coordinates in their"
                            + " tomograms");
        }
        return volume;
    }

    /** Edge of a cell in voxels; the particle of volume i lies at (cell / 2, cell / 2, i * cell + cell / 2). */
    public int cell() {
        return cell;
    }

    private Volume volume(int index) {
        Volume volume = open.get(index);
        if (volume == null) {
            volume = adaptations.get(index).apply(VolumeFile.open(files.get(index)));
            open.put(index, volume);
            if (open.size() > OPEN) {
                Map.Entry<Integer, Volume> oldest = open.entrySet().iterator().next();
                oldest.getValue().close();
                open.remove(oldest.getKey());
            }
        }
        return volume;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int nx() {
        return cell;
    }

    @Override
    public int ny() {
        return cell;
    }

    @Override
    public int nz() {
        return cell * files.size();
    }

    @Override
    public double voxelSize() {
        return adaptations.getFirst().wanted();
    }

    @Override
    public float get(int x, int y, int z) {
        float[] one = new float[1];
        read(x, y, z, 1, 1, 1, one, 0);
        return one[0];
    }

    @Override
    public synchronized void read(int x, int y, int z, int width, int height, int depth, float[] out, int at) {
        Boxes.require(this, x, y, z, width, height, depth, out, at);
        int to = at;
        for (int k = 0; k < depth; k++) {
            Volume volume = volume((z + k) / cell);
            int ownZ = own((z + k) % cell, volume.nz());
            // From the middle of the cell to that of the volume.
            int first = own(x, volume.nx());
            int last = own(x + width - 1, volume.nx());
            float[] row = new float[last - first + 1];
            for (int j = 0; j < height; j++) {
                volume.read(first, own(y + j, volume.ny()), ownZ, row.length, 1, 1, row, 0);
                for (int i = 0; i < width; i++) {
                    out[to++] = row[own(x + i, volume.nx()) - first];
                }
            }
        }
    }

    private int own(int place, int size) {
        return Math.clamp(place - cell / 2 + size / 2, 0, size - 1);
    }

    @Override
    public synchronized void close() {
        List<Volume> all = new ArrayList<>(open.values());
        open.clear();
        all.forEach(Volume::close);
    }
}
