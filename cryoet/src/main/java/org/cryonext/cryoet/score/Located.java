package org.cryonext.cryoet.score;

/**
 * A particle of a submission or of the ground truth.
 *
 * @param where the file and line it stands in, for messages
 * @param className its class, in the contest's spelling
 * @param x voxel
 * @param y voxel
 * @param z voxel, in the frame of its list
 */
record Located(String where, String className, int x, int y, int z) {

    Located withZ(int other) {
        return new Located(where, className, x, y, other);
    }
}
