package org.cryonext.cryoet.volume;

import org.cryonext.engine.io.InputException;

/** Tells volumes in which there is nothing: one value in all voxels, as a program leaves it that stopped early. */
public final class ConstantVolume {
    private ConstantVolume() {}

    /**
     * Reads until two voxels differ: a row, as a rule, and all of a volume that is refused.
     *
     * @throws InputException where all voxels have the same value
     */
    public static void refuse(Volume volume) {
        float[] row = new float[volume.nx()];
        float[] slice = new float[Math.multiplyExact(volume.nx(), volume.ny())];
        try {
            volume.read(0, volume.ny() / 2, volume.nz() / 2, row.length, 1, 1, row, 0);
            if (differs(row, row[0])) {
                return;
            }
            for (int z = 0; z < volume.nz(); z++) {
                volume.readSlice(z, slice);
                if (differs(slice, row[0])) {
                    return;
                }
            }
        } catch (InputException e) {
            // Not every voxel is needed; who needs one that cannot be read says so.
            return;
        }
        throw new InputException(
                volume.name() + ": all its voxels are " + row[0] + ", so there is nothing to be seen in it;"
                        + " a tomogram was expected: write or copy it again, or leave it out of the list");
    }

    private static boolean differs(float[] values, float one) {
        for (float value : values) {
            if (value != one) {
                return true;
            }
        }
        return false;
    }
}
