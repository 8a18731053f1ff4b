package org.cryonext.cryoet.volume;

import org.cryonext.engine.io.InputException;

/**
 * A volume as it would be with voxels of another size. Values are interpolated trilinearly; where the new voxels are larger
 * than the old ones, each is the mean over a grid of such values in it, so that no detail is aliased. Nothing is computed
 * but what is read, so that a tomogram larger than memory is no trouble.
 *
 * <p>The centre of voxel i lies at i + 0.5 voxels from the corner, in both grids.
 */
public final class RescaledVolume implements Volume {
    /** Beyond this a list or a header is wrong rather than a tomogram that fine or coarse. */
    private static final double MOST = 20;

    private final Volume volume;
    private final double voxelSize;
    private final double factor;
    private final int samples;
    private final int nx;
    private final int ny;
    private final int nz;

    /**
     * @param volume what is rescaled; closed with this one
     * @param own edge of its voxels in Angstrom
     * @param wanted edge of the new voxels in Angstrom
     * @throws InputException where one is more than 20 times the other, or nothing would be left
     */
    public RescaledVolume(Volume volume, double own, double wanted) {
        this.volume = volume;
        voxelSize = wanted;
        factor = wanted / own;
        if (!(factor >= 1 / MOST && factor <= MOST)) {
            throw new InputException(volume.name() + ": voxels of " + own + " Angstrom would have to become voxels of "
                    + wanted + "; a factor from 1/20 to 20 was expected: check --voxel-size and the header");
        }
        samples = (int) Math.ceil(factor - 1e-9);
        nx = size(volume.nx());
        ny = size(volume.ny());
        nz = size(volume.nz());
    }

    private int size(int own) {
        return Math.max(1, (int) Math.floor(own / factor + 1e-6));
    }

    /** Where a coordinate of the old grid lies in the new one. */
    public double coordinate(double own) {
        return (own + 0.5) / factor - 0.5;
    }

    @Override
    public String name() {
        return volume.name();
    }

    @Override
    public int nx() {
        return nx;
    }

    @Override
    public int ny() {
        return ny;
    }

    @Override
    public int nz() {
        return nz;
    }

    @Override
    public double voxelSize() {
        return voxelSize;
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
        Axis across = new Axis(x, width, volume.nx());
        Axis down = new Axis(y, height, volume.ny());
        // Slice by slice, so that a whole slice of a large tomogram is the most that is held.
        for (int k = 0; k < depth; k++) {
            Axis through = new Axis(z + k, 1, volume.nz());
            float[] box = new float[Math.multiplyExact(Math.multiplyExact(across.count, down.count), through.count)];
            volume.read(across.first, down.first, through.first, across.count, down.count, through.count, box, 0);
            slice(box, across, down, through, width, height, out, at + k * width * height);
        }
    }

    private void slice(float[] box, Axis across, Axis down, Axis through, int width, int height, float[] out, int at) {
        int plane = across.count * down.count;
        for (int j = 0; j < height; j++) {
            for (int i = 0; i < width; i++) {
                double sum = 0;
                for (int c = 0; c < samples; c++) {
                    for (int b = 0; b < samples; b++) {
                        int sy = j * samples + b;
                        int row = through.low[c] * plane + down.low[sy] * across.count;
                        int nextRow = through.low[c] * plane + down.high(sy) * across.count;
                        int above = (through.high(c) - through.low[c]) * plane;
                        for (int a = 0; a < samples; a++) {
                            int sx = i * samples + a;
                            double low = mix(box, row, nextRow, across, sx, down.part[sy]);
                            double high = above == 0
                                    ? low
                                    : mix(box, row + above, nextRow + above, across, sx, down.part[sy]);
                            sum += low + through.part[c] * (high - low);
                        }
                    }
                }
                out[at + j * width + i] = (float) (sum / (samples * samples * samples));
            }
        }
    }

    private static double mix(float[] box, int row, int nextRow, Axis across, int sx, double down) {
        int x0 = across.low[sx];
        int x1 = across.high(sx);
        double part = across.part[sx];
        double first = box[row + x0] + part * (box[row + x1] - box[row + x0]);
        double second = box[nextRow + x0] + part * (box[nextRow + x1] - box[nextRow + x0]);
        return first + down * (second - first);
    }

    /** Where the samples of some new voxels lie along one axis: between which old ones, and how far. */
    private final class Axis {
        /** The first old voxel that is needed. */
        private final int first;
        /** How many are needed. */
        private final int count;
        /** Of each sample the old voxel before it, from {@link #first}. */
        private final int[] low;
        /** How far each lies on the way to the next one, from 0 to 1. */
        private final double[] part;

        private Axis(int from, int voxels, int size) {
            low = new int[voxels * samples];
            part = new double[low.length];
            int smallest = Integer.MAX_VALUE;
            int largest = 0;
            for (int s = 0; s < low.length; s++) {
                double place = (from + (s + 0.5) / samples) * factor - 0.5;
                double inside = Math.clamp(place, 0, size - 1.0);
                low[s] = (int) Math.min(Math.floor(inside), Math.max(0, size - 2));
                part[s] = inside - low[s];
                smallest = Math.min(smallest, low[s]);
                largest = Math.max(largest, Math.min(low[s] + 1, size - 1));
            }
            first = smallest;
            count = largest + 1 - smallest;
            for (int s = 0; s < low.length; s++) {
                low[s] -= smallest;
            }
        }

        private int high(int s) {
            return Math.min(low[s] + 1, count - 1);
        }
    }

    @Override
    public void close() {
        volume.close();
    }
}
