package org.cryonext.cryoet.volume;

/**
 * A volume with the sign of every value turned: bright protein becomes dark and dark protein bright.
 *
 * @param volume what is turned; closed with this one
 */
public record InvertedVolume(Volume volume) implements Volume {

    @Override
    public String name() {
        return volume.name();
    }

    @Override
    public int nx() {
        return volume.nx();
    }

    @Override
    public int ny() {
        return volume.ny();
    }

    @Override
    public int nz() {
        return volume.nz();
    }

    @Override
    public double voxelSize() {
        return volume.voxelSize();
    }

    @Override
    public float get(int x, int y, int z) {
        return -volume.get(x, y, z);
    }

    @Override
    public void read(int x, int y, int z, int width, int height, int depth, float[] out, int at) {
        volume.read(x, y, z, width, height, depth, out, at);
        int end = at + width * height * depth;
        for (int i = at; i < end; i++) {
            out[i] = -out[i];
        }
    }

    @Override
    public void close() {
        volume.close();
    }
}
