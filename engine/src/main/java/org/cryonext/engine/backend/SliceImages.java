package org.cryonext.engine.backend;

import java.util.List;

/**
 * Makes a network's images on the device, of slices of a volume that lies there: give it a volume, then run a program as
 * often as there are batches, each time with the {@link #make images} of some positions. What it makes has the bits of what
 * the host makes by these steps:
 *
 * <ol>
 *   <li>A slice is a square of edge x edge voxels that begins edge / 2 before a position, or the mean over several such
 *       layers, added in double precision from the first layer on; what lies outside takes the nearest voxel inside.
 *   <li>It becomes bytes: (value - low) / (high - low + 1e-8) * 255 in single precision, truncated; low and high are the
 *       slice's own or the volume's, beyond which values are cut off.
 *   <li>It is resized in integers, along its rows and then along its columns: the sum of weights times bytes and half a unit,
 *       shifted.
 *   <li>Each byte becomes a value of a table, which depends on the channel.
 * </ol>
 */
public interface SliceImages extends AutoCloseable {
    /** An axis of a volume. */
    enum Axis {
        /** The fastest. */
        X,
        /** Between the two. */
        Y,
        /** The slowest. */
        Z
    }

    /**
     * A slice that is taken at each position.
     *
     * @param columns the axis along which columns follow one another
     * @param rows the axis along which rows do
     * @param layers the axis along which layers do
     * @param first the first layer, from the position
     * @param thickness layers
     * @param stretched whether the slice's own least value becomes 0 and its largest 255, else the volume's low and high
     */
    record View(Axis columns, Axis rows, Axis layers, int first, int thickness, boolean stretched) {

        /** @throws IllegalArgumentException if two axes are one, or there is no layer */
        public View {
            if (columns == rows || rows == layers || layers == columns || thickness < 1) {
                throw new IllegalArgumentException("no slice: columns along " + columns + ", rows along " + rows + ", "
                        + thickness + " layers along " + layers);
            }
        }
    }

    /**
     * A voxel at which slices are taken.
     *
     * @param x inside the volume, as the others
     * @param y see x
     * @param z see x
     * @param bottom the first z that counts as inside
     * @param top the last one
     * @param mirrored axes along which slices go the other way: 1 for x, 2 for y and 4 for z, added
     */
    record Position(int x, int y, int z, int bottom, int top, int mirrored) {}

    /**
     * How images are made.
     *
     * @param views the slices of a position, in the order of their images
     * @param edge of the slices in voxels, even
     * @param together slices that are the channels of one image; where it is 1, one is all channels
     * @param height of the images
     * @param width of the images
     * @param down weights [height, edge] of a slice's rows
     * @param across weights [width, edge] of a slice's columns
     * @param shift bits after the point of a weight
     * @param values [256, channels]
     */
    record Recipe(
            List<View> views,
            int edge,
            int together,
            int height,
            int width,
            int[] down,
            int[] across,
            int shift,
            float[] values) {

        /** @throws IllegalArgumentException if sizes do not belong together */
        public Recipe {
            views = List.copyOf(views);
            boolean fits = edge > 0
                    && edge % 2 == 0
                    && down.length == height * edge
                    && across.length == width * edge
                    && values.length > 0
                    && values.length % 256 == 0
                    && together > 0
                    && (together == 1 || together == values.length / 256)
                    && !views.isEmpty()
                    && views.size() % together == 0;
            if (!fits) {
                throw new IllegalArgumentException(views.size() + " slices of " + edge + " voxels, " + together
                        + " to an image, with " + down.length + " and " + across.length + " weights and "
                        + values.length
                        + " values do not make images of " + height + " x " + width);
            }
        }

        /** Images of a position. */
        public int images() {
            return views.size() / together;
        }

        /** Channels of an image. */
        public int channels() {
            return values.length / 256;
        }
    }

    /** Bytes of the device's memory that a volume takes: F32, whatever it was in its file. */
    static long bytes(long nx, long ny, long nz) {
        return nx * ny * nz * Float.BYTES;
    }

    /** Whether a volume finds room in the device's memory beside all that is there, the volume before it left out. */
    boolean fits(int nx, int ny, int nz);

    /**
     * Begins a volume in the place of the one before it.
     *
     * @param low becomes 0 in views that are not stretched
     * @param high becomes 255 there
     * @throws MemoryException if it finds no room
     */
    void begin(int nx, int ny, int nz, float low, float high);

    /**
     * Sets one of the volume's slices.
     *
     * @param values [ny, nx]; may change when the call returns
     */
    void slice(int z, float[] values);

    /**
     * Makes the images of positions in the program's input, for its next run: those of each position in turn from the first
     * on. Others stay as they are, or become images of the last position.
     *
     * @param positions at least one, and no more than the input has room for
     */
    void make(List<Position> positions);

    @Override
    void close();
}
