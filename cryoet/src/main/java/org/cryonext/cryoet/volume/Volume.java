package org.cryonext.cryoet.volume;

/**
 * A three-dimensional grid of float values, x fastest and z slowest. Reading is safe from several threads.
 *
 * <p>Only finite values are handed out: a NaN or infinity in a voxel that is read is an {@code InputException} that
 * names the volume and the voxel.
 */
public interface Volume extends AutoCloseable {
    /** Where the volume comes from, for messages: usually the file. */
    String name();

    /** Voxels along x. */
    int nx();

    /** Voxels along y. */
    int ny();

    /** Voxels along z. */
    int nz();

    /** Edge of a voxel in Angstrom, or 0 where it is not known. */
    double voxelSize();

    /**
     * The value of one voxel.
     *
     * @throws IndexOutOfBoundsException outside the volume
     */
    float get(int x, int y, int z);

    /**
     * Copies the box that starts at ({@code x}, {@code y}, {@code z}) and has {@code width} x {@code height} x
     * {@code depth} voxels to {@code out} from {@code at} on, x fastest.
     *
     * @throws IndexOutOfBoundsException where the box leaves the volume or {@code out}
     */
    void read(int x, int y, int z, int width, int height, int depth, float[] out, int at);

    /** Copies the slice {@code z}, [ny, nx], to the start of {@code out}. */
    default void readSlice(int z, float[] out) {
        read(0, 0, z, nx(), ny(), 1, out, 0);
    }

    /** Whether a point lies in one of the voxels; the centre of the first one is 0. */
    default boolean holds(double x, double y, double z) {
        return holds(x, nx()) && holds(y, ny()) && holds(z, nz());
    }

    private static boolean holds(double coordinate, int size) {
        return coordinate >= -0.5 && coordinate < size - 0.5;
    }

    /** The dimensions as a text for messages: "512 x 512 x 200". */
    default String size() {
        return nx() + " x " + ny() + " x " + nz();
    }

    /** Number of voxels. */
    default long voxels() {
        return Math.multiplyExact((long) nx() * ny(), (long) nz());
    }

    @Override
    void close();
}
