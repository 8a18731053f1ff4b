package org.cryonext.cryoet.triplet;

import java.util.List;
import org.cryonext.engine.io.InputException;

/**
 * One of the images that show a particle to the network: the mean over some slices of the particle's cube. A run's views
 * are stored with it as JSON (the names of these components), and training, classification and reports follow them.
 *
 * @param plane orientation
 * @param offset of the slice from the particle's voxel along the third axis, in voxels
 * @param thickness slices that are averaged, from offset - thickness / 2 (rounded down) on; 1 is a single slice
 * @param normalisation how values become bytes
 */
public record View(Plane plane, int offset, int thickness, Normalisation normalisation) {
    /** Edge of the cube around a particle and of its slices, in voxels. */
    public static final int SIZE = 48;

    /** Voxels of the cube before the particle's own; {@code SIZE - BEFORE - 1} lie after it. */
    public static final int BEFORE = 24;

    /** The paper's three: single central slices, each normalised on its own. */
    public static final List<View> PAPER = List.of(
            new View(Plane.XY, 0, 1, Normalisation.SLICE),
            new View(Plane.XZ, 0, 1, Normalisation.SLICE),
            new View(Plane.YZ, 0, 1, Normalisation.SLICE));

    /** @throws InputException where something is missing or the slices leave the cube of 48 */
    public View {
        if (plane == null || normalisation == null) {
            throw new InputException("A view needs plane (XY, XZ, YZ) and normalisation (SLICE, TOMOGRAM); found plane "
                    + plane + ", normalisation " + normalisation);
        }
        long first = (long) offset - thickness / 2;
        if (thickness < 1 || first < -BEFORE || first + thickness > SIZE - BEFORE) {
            throw new InputException("The view " + plane + " with offset " + offset + " and thickness " + thickness
                    + " leaves the cube of " + SIZE + " voxels (" + -BEFORE + " to " + (SIZE - BEFORE - 1)
                    + " from the particle); take a smaller offset or thickness (at least 1)");
        }
    }

    /** First slice, from the particle's voxel. */
    int first() {
        return offset - thickness / 2;
    }
}
