package org.cryonext.cryoet.triplet;

import java.util.Objects;

/**
 * The eight symmetries of a square, applied to slices: quarter turns and flips. Particles lie in any orientation, so that a
 * turned slice is as good a picture as the slice itself. Which one is chosen depends on nothing but the arguments, so that
 * a resumed run sees the same pictures.
 */
public final class Dihedral {
    /** Number of symmetries; 0 leaves the slice as it is. */
    public static final int COUNT = 8;

    private Dihedral() {}

    /**
     * The symmetry for one view of one draw of a sample in one epoch, from 0 to 7, equally likely.
     *
     * @param seed the run's
     * @param epoch from 0
     * @param draw the sample's index, or, where an epoch draws it again, another number
     * @param view the view's index
     */
    public static int choose(long seed, long epoch, long draw, int view) {
        return (int) (mix(mix(mix(mix(seed) + epoch) + draw) + view) >>> 61);
    }

    /** One step of SplitMix64 (Steele, Lea, Flood 2014), whose outputs are well mixed even for neighbouring inputs. */
    private static long mix(long state) {
        long z = state + 0x9E3779B97F4A7C15L;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }

    /**
     * Applies a symmetry to one slice.
     *
     * @param size its edge in pixels
     * @param symmetry bit 0 flips left and right, bit 1 up and down, bit 2 then exchanges rows and columns
     * @param in the slices, not the same array as {@code out}
     * @param from where the slice begins
     * @param out receives the slice
     * @param to where it begins there
     */
    public static void apply(int size, int symmetry, byte[] in, int from, byte[] out, int to) {
        Objects.checkIndex(symmetry, COUNT);
        boolean leftRight = (symmetry & 1) != 0;
        boolean upDown = (symmetry & 2) != 0;
        boolean transpose = (symmetry & 4) != 0;
        for (int row = 0; row < size; row++) {
            int source = from + (upDown ? size - 1 - row : row) * size;
            for (int column = 0; column < size; column++) {
                byte value = in[source + (leftRight ? size - 1 - column : column)];
                out[to + (transpose ? column * size + row : row * size + column)] = value;
            }
        }
    }
}
