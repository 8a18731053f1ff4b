package org.cryonext.cryoet.volume;

import java.util.Objects;
import org.cryonext.engine.io.InputException;

/** What every kind of volume checks when a box is read. */
final class Boxes {
    /** What makes the bits of infinity, and of a NaN, those of a negative integer, if their sign is left out. */
    private static final int CARRY = 0x00800000;

    private Boxes() {}

    static void require(Volume volume, int x, int y, int z, int width, int height, int depth, float[] out, int at) {
        Objects.checkFromIndexSize(x, width, volume.nx());
        Objects.checkFromIndexSize(y, height, volume.ny());
        Objects.checkFromIndexSize(z, depth, volume.nz());
        Objects.checkFromIndexSize(at, Math.multiplyExact(Math.multiplyExact(width, height), depth), out.length);
    }

    static void requireFinite(Volume volume, int x, int y, int z, int width, int height, int n, float[] out, int at) {
        // All at once first: a loop that does not stop early is one of vectors.
        int bits = 0;
        for (int i = at; i < at + n; i++) {
            bits |= (Float.floatToRawIntBits(out[i]) & Integer.MAX_VALUE) + CARRY;
        }
        if (bits >= 0) {
            return;
        }
        for (int i = 0; i < n; i++) {
            if (!Float.isFinite(out[at + i])) {
                throw notFinite(volume, x + i % width, y + i / width % height, z + i / width / height, out[at + i]);
            }
        }
    }

    static InputException notFinite(Volume volume, int x, int y, int z, float value) {
        return new InputException(volume.name() + ": voxel (" + x + ", " + y + ", " + z + ") is " + value
                + ", a number was expected; the tomogram is damaged or was masked with NaN, write it again with"
                + " finite values");
    }
}
