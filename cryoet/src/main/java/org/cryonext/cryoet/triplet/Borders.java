package org.cryonext.cryoet.triplet;

/** What happens to a particle whose cube leaves the volume. */
public enum Borders {
    /**
     * It counts; voxels outside take the value of the nearest voxel inside. No new value comes in, so the range from
     * minimum to maximum, and with it the contrast of the slice, is that of the data.
     */
    PAD,
    /** It is left out, as in the paper: where c - 24 is below 0 or c + 24 is not below the size, on any axis. */
    SKIP
}
