package org.cryonext.cryoet.triplet;

import java.util.List;
import java.util.Locale;
import org.cryonext.engine.io.InputException;

/**
 * One of the images that show a particle to the network: the mean over some slices of the particle's cube. A run's views
 * are stored with it as JSON (the names of these components), and training, classification and reports follow them.
 *
 * @param plane orientation
 * @param offset of the slice from the particle's voxel along the third axis, in voxels
 * @param thickness slices that are averaged, from offset - thickness / 2 (rounded down) on; 1 is a single slice
 * @param normalisation how values become bytes
 * @param edge of the square that is cut, in voxels; one that is not of 48 is resized to 48 pixels. Null, as in the files of
 *     earlier runs, means 48
 */
public record View(Plane plane, int offset, int thickness, Normalisation normalisation, Integer edge) {
    /** Edge of the cube around a particle and of its slices, in voxels. */
    public static final int SIZE = 48;

    /** Voxels of the cube before the particle's own; {@code SIZE - BEFORE - 1} lie after it. */
    public static final int BEFORE = 24;

    /** The paper's three: single central slices, each normalised on its own. */
    public static final List<View> PAPER = List.of(
            new View(Plane.XY, 0, 1, Normalisation.SLICE),
            new View(Plane.XZ, 0, 1, Normalisation.SLICE),
            new View(Plane.YZ, 0, 1, Normalisation.SLICE));

    /** Means over seven slices on the tomogram's own scale, which keep more of a reconstruction's weak signal. */
    public static final List<View> THICK = List.of(
            new View(Plane.XY, 0, 7, Normalisation.TOMOGRAM),
            new View(Plane.XZ, 0, 7, Normalisation.TOMOGRAM),
            new View(Plane.YZ, 0, 7, Normalisation.TOMOGRAM));

    private static final int SMALLEST_EDGE = 8;
    private static final int LARGEST_EDGE = 256;

    /** A square of 48 voxels. */
    public View(Plane plane, int offset, int thickness, Normalisation normalisation) {
        this(plane, offset, thickness, normalisation, SIZE);
    }

    /**
     * Reads views as the command line has them: {@code paper}, {@code thick}, or
     * {@code PLANE[:OFFSET[:THICKNESS[:slice|tomogram[:EDGE]]]]}, for instance {@code xz:0:7:tomogram:32}.
     *
     * @throws InputException where the text is no view
     */
    public static List<View> parse(String text) {
        if (text.equals("paper") || text.equals("thick")) {
            return text.equals("paper") ? PAPER : THICK;
        }
        String[] parts = text.split(":", -1);
        try {
            return List.of(new View(
                    Plane.valueOf(parts[0].toUpperCase(Locale.ROOT)),
                    parts.length > 1 ? Integer.parseInt(parts[1]) : 0,
                    parts.length > 2 ? Integer.parseInt(parts[2]) : 1,
                    parts.length > 3 ? Normalisation.valueOf(parts[3].toUpperCase(Locale.ROOT)) : Normalisation.SLICE,
                    parts.length > 4 ? Integer.parseInt(parts[4]) : SIZE));
        } catch (IllegalArgumentException e) {
            throw new InputException(
                    "--views has \"" + text
                            + "\", expected paper, thick or PLANE:OFFSET:THICKNESS:NORMALISATION:EDGE, for"
                            + " instance xz:0:7:tomogram:48",
                    e);
        }
    }

    /** The view as {@link #parse} reads it. */
    public String text() {
        return String.join(
                ":",
                plane.name().toLowerCase(Locale.ROOT),
                Integer.toString(offset),
                Integer.toString(thickness),
                normalisation.name().toLowerCase(Locale.ROOT),
                Integer.toString(edge));
    }

    /** @throws InputException where something is missing or the slices leave the cube of 48 */
    public View {
        edge = edge == null ? SIZE : edge;
        if (edge < SMALLEST_EDGE || edge > LARGEST_EDGE || edge % 2 != 0) {
            throw new InputException("A view's edge is " + edge + " voxels, expected an even number from "
                    + SMALLEST_EDGE + " to " + LARGEST_EDGE);
        }
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
