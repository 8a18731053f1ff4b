package org.cryonext.cryoet.particle;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Where a table with commas, tabs or semicolons has what a particle needs.
 *
 * @param names of all columns, as in the file
 * @param x place of the column
 * @param y place of the column
 * @param z place of the column
 * @param tomogram place of the column, or -1
 * @param className place of the column, or -1
 */
record DelimitedColumns(List<String> names, int x, int y, int z, int tomogram, int className) {
    private static final Set<String> TOMOGRAM =
            Set.of("tomogram", "tomo", "tomo_name", "tomogram_name", "rlntomoname", "rlnmicrographname");
    private static final Set<String> CLASS =
            Set.of("class", "class_name", "classname", "label", "pdb", "cryonextclass");

    /** The columns with these names; empty where x, y or z is not among them. */
    static Optional<DelimitedColumns> of(List<String> names) {
        List<String> normal = names.stream().map(DelimitedColumns::normal).toList();
        DelimitedColumns columns = new DelimitedColumns(
                names,
                first(normal, axis("x")),
                first(normal, axis("y")),
                first(normal, axis("z")),
                first(normal, TOMOGRAM),
                first(normal, CLASS));
        return columns.x < 0 || columns.y < 0 || columns.z < 0 ? Optional.empty() : Optional.of(columns);
    }

    private static String normal(String name) {
        String text = name.strip().replace("\"", "").toLowerCase(Locale.ROOT);
        return text.startsWith("_") ? text.substring(1) : text;
    }

    private static Set<String> axis(String axis) {
        return Set.of(
                axis,
                axis + "_coord",
                axis + "_coordinate",
                "coord_" + axis,
                "coordinate_" + axis,
                "pos_" + axis,
                axis + "_pos",
                "position_" + axis,
                "rlncoordinate" + axis);
    }

    private static int first(List<String> names, Set<String> known) {
        for (int i = 0; i < names.size(); i++) {
            if (known.contains(names.get(i))) {
                return i;
            }
        }
        return -1;
    }

    /** RELION's names for what it knows, so that a table written as STAR can be used there; no name stands twice. */
    List<String> starNames() {
        List<String> star =
                new ArrayList<>(names.stream().map(DelimitedColumns::starName).toList());
        star.set(x, "rlnCoordinateX");
        star.set(y, "rlnCoordinateY");
        star.set(z, "rlnCoordinateZ");
        if (tomogram >= 0) {
            star.set(tomogram, "rlnTomoName");
        }
        List<Integer> own = List.of(x, y, z, tomogram);
        Set<String> taken = new LinkedHashSet<>(List.of("rlnCoordinateX", "rlnCoordinateY", "rlnCoordinateZ"));
        taken.add("rlnTomoName");
        for (int i = 0; i < star.size(); i++) {
            if (!own.contains(i)) {
                star.set(i, unused(star.get(i).isEmpty() ? "column" : star.get(i), i + 1, taken));
            }
        }
        return star;
    }

    /** The name with every run of other characters than {@code A-Za-z0-9_.} as one underscore, and none in front. */
    private static String starName(String name) {
        StringBuilder star = new StringBuilder();
        boolean gap = false;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean kept = c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '.' || c == '_';
            char shown = kept ? c : '_';
            boolean leading = shown == '_' && star.isEmpty();
            boolean repeated = !kept && gap;
            if (!leading && !repeated) {
                star.append(shown);
            }
            gap = !kept;
        }
        return star.toString();
    }

    private static String unused(String name, int place, Set<String> taken) {
        String unused = name;
        while (!taken.add(unused)) {
            unused += "_" + place;
        }
        return unused;
    }
}
