package org.cryonext.cryoet.triplet;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.ArrayList;
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
 * @param edge of the square that is cut, in voxels. Null, as in the files of earlier runs, means 48
 * @param normal where the third axis points, of an oblique view; null of all others
 */
public record View(
        Plane plane,
        int offset,
        int thickness,
        Normalisation normalisation,
        Integer edge,
        @JsonInclude(JsonInclude.Include.NON_NULL) Normal normal) {
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

    private static final String SLABS = "slabs:";

    /** A square of 48 voxels. */
    public View(Plane plane, int offset, int thickness, Normalisation normalisation) {
        this(plane, offset, thickness, normalisation, SIZE);
    }

    /** One that is not oblique. */
    public View(Plane plane, int offset, int thickness, Normalisation normalisation, Integer edge) {
        this(plane, offset, thickness, normalisation, edge, null);
    }

    /**
     * Neighbouring thick slices of each of the three planes, on the tomogram's own scale: all of the cube that they reach,
     * three times. They come plane by plane, from the smaller offset on.
     *
     * @param count slices of a plane
     * @param thickness of each
     * @param edge of the squares
     */
    public static List<View> slabs(int count, int thickness, int edge) {
        List<View> views = new ArrayList<>();
        for (Plane plane : List.of(Plane.XY, Plane.XZ, Plane.YZ)) {
            for (int i = 0; i < count; i++) {
                int first = i * thickness - count * thickness / 2;
                views.add(new View(plane, first + thickness / 2, thickness, Normalisation.TOMOGRAM, edge));
            }
        }
        return List.copyOf(views);
    }

    /**
     * Reads views as the command line has them: {@code paper}, {@code thick}, {@code slabs:COUNTxTHICKNESS[:EDGE]}, or
     * {@code PLANE[:OFFSET[:THICKNESS[:slice|tomogram[:EDGE]]]]}, for instance {@code xz:0:7:tomogram:32}, where the plane
     * is xy, xz, yz, or {@code POLAR/AZIMUTH}, the angles of an oblique one's {@link Normal}.
     *
     * @throws InputException where the text is no view
     */
    public static List<View> parse(String text) {
        if (text.equals("paper") || text.equals("thick")) {
            return text.equals("paper") ? PAPER : THICK;
        }
        try {
            return text.startsWith(SLABS) ? parseSlabs(text) : List.of(parseOne(text));
        } catch (IllegalArgumentException e) {
            throw new InputException(
                    "--views has \"" + text
                            + "\", expected paper, thick, slabs:COUNTxTHICKNESS:EDGE, for instance slabs:8x4:32, or"
                            + " PLANE:OFFSET:THICKNESS:NORMALISATION:EDGE, for instance xz:0:7:tomogram:48, with xy, xz,"
                            + " yz or POLAR/AZIMUTH in degrees as the plane",
                    e);
        }
    }

    private static List<View> parseSlabs(String text) {
        String[] parts = text.substring(SLABS.length()).split("[x:]", -1);
        if (parts.length < 2 || parts.length > 3) {
            throw new NumberFormatException(text);
        }
        int count = Integer.parseInt(parts[0]);
        int thickness = Integer.parseInt(parts[1]);
        int edge = parts.length > 2 ? Integer.parseInt(parts[2]) : SIZE;
        if (count < 1 || thickness < 1 || count > SIZE || count * thickness > SIZE) {
            throw new InputException("--views has \"" + text + "\": " + count + " slices of " + thickness
                    + " do not fit in the cube of " + SIZE + " voxels around a particle");
        }
        return slabs(count, thickness, edge);
    }

    private static View parseOne(String text) {
        String[] parts = text.split(":", -1);
        String[] angles = parts[0].split("/", -1);
        boolean oblique = angles.length == 2;
        if (parts[0].equalsIgnoreCase(Plane.OBLIQUE.name())) {
            throw new IllegalArgumentException("an oblique view is named by its angles");
        }
        return new View(
                oblique ? Plane.OBLIQUE : Plane.valueOf(parts[0].toUpperCase(Locale.ROOT)),
                parts.length > 1 ? Integer.parseInt(parts[1]) : 0,
                parts.length > 2 ? Integer.parseInt(parts[2]) : 1,
                parts.length > 3 ? Normalisation.valueOf(parts[3].toUpperCase(Locale.ROOT)) : Normalisation.SLICE,
                parts.length > 4 ? Integer.parseInt(parts[4]) : SIZE,
                oblique ? new Normal(Double.parseDouble(angles[0]), Double.parseDouble(angles[1])) : null);
    }

    /** The view as {@link #parse} reads it. */
    public String text() {
        return String.join(
                ":",
                planeText(),
                Integer.toString(offset),
                Integer.toString(thickness),
                normalisation.name().toLowerCase(Locale.ROOT),
                Integer.toString(edge));
    }

    /** The plane, or an oblique one's angles. */
    public String planeText() {
        return normal == null
                ? plane.name().toLowerCase(Locale.ROOT)
                : degrees(normal.polar()) + "/" + degrees(normal.azimuth());
    }

    private static String degrees(double angle) {
        return angle == Math.rint(angle) ? Integer.toString((int) angle) : Double.toString(angle);
    }

    /** Slabs of a plane, where the views are {@link #slabs} of several, or of several such cubes with as many; else 0. */
    public static int slabCount(List<View> views) {
        List<Slabs> cubes = cubes(views);
        boolean alike = cubes.stream().map(Slabs::count).distinct().count() == 1;
        return alike ? cubes.getFirst().count() : 0;
    }

    /** Views as {@link #parse} reads them, in the short form where there is one. */
    public static List<String> texts(List<View> views) {
        List<Slabs> cubes = cubes(views);
        return cubes.isEmpty()
                ? views.stream().map(View::text).toList()
                : cubes.stream().map(Slabs::text).toList();
    }

    /** A cube in {@link #slabs}. */
    private record Slabs(int count, int thickness, int edge) {
        String text() {
            return SLABS + count + "x" + thickness + ":" + edge;
        }
    }

    /** The cubes that views are the slabs of, one after the other; none where they are something else. */
    private static List<Slabs> cubes(List<View> views) {
        List<Slabs> cubes = new ArrayList<>();
        int at = 0;
        while (at < views.size()) {
            View first = views.get(at);
            int count = 0;
            while (at + count < views.size() && views.get(at + count).plane == Plane.XY) {
                count++;
            }
            int end = at + 3 * count;
            if (count < 2
                    || count * first.thickness > SIZE
                    || end > views.size()
                    || !views.subList(at, end).equals(slabs(count, first.thickness, first.edge))) {
                return List.of();
            }
            cubes.add(new Slabs(count, first.thickness, first.edge));
            at = end;
        }
        return cubes;
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
        if ((plane == Plane.OBLIQUE) != (normal != null)) {
            throw new InputException("A view has the plane " + plane + " and the normal " + normal
                    + "; one that is OBLIQUE has a normal, and no other");
        }
        long first = (long) offset - thickness / 2;
        if (thickness < 1 || first < -BEFORE || first + thickness > SIZE - BEFORE) {
            throw new InputException("The view " + plane + " with offset " + offset + " and thickness " + thickness
                    + " leaves the cube of " + SIZE + " voxels (" + -BEFORE + " to " + (SIZE - BEFORE - 1)
                    + " from the particle); take a smaller offset or thickness (at least 1)");
        }
    }

    /** Where its columns, rows and slices go. */
    Orientation axes() {
        Orientation s = Orientation.STRAIGHT;
        return switch (plane) {
            case XY -> s;
            case XZ -> new Orientation(s.x(), s.z(), s.y());
            case YZ -> new Orientation(s.y(), s.z(), s.x());
            case OBLIQUE -> normal.axes();
        };
    }

    /** First slice, from the particle's voxel. */
    int first() {
        return offset - thickness / 2;
    }
}
