package org.cryonext.cryoet.particle;

import de.siegmar.fastcsv.reader.CommentStrategy;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import de.siegmar.fastcsv.writer.CsvWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.cryonext.cryoet.star.StarDocument;
import org.cryonext.cryoet.star.StarTable;
import org.cryonext.engine.io.AtomicFile;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.InputFile;

/**
 * Particle lists as CSV, TSV or with semicolons: a line of column names, then a particle a line, in voxels. Known names,
 * without regard to capitals: x, y, z (also coord_x, pos_x, x_coord, coordinate_x, rlnCoordinateX, ...), tomogram (also
 * tomo, tomo_name, rlnTomoName, rlnMicrographName) and class (also class_name, label, pdb). Other columns are kept.
 */
public final class DelimitedParticles {
    private static final Set<String> TOMOGRAM =
            Set.of("tomogram", "tomo", "tomo_name", "tomogram_name", "rlntomoname", "rlnmicrographname");
    private static final Set<String> CLASS =
            Set.of("class", "class_name", "classname", "label", "pdb", "cryonextclass");

    private DelimitedParticles() {}

    /** Whether the line names the columns x, y and z. */
    static boolean isHeader(String line) {
        List<String> names = List.of(line.split(String.valueOf(separator(line)), -1));
        return position(names, "x") >= 0 && position(names, "y") >= 0 && position(names, "z") >= 0;
    }

    private static char separator(String header) {
        if (header.contains("\t")) {
            return '\t';
        }
        return header.contains(";") && !header.contains(",") ? ';' : ',';
    }

    static ParticleList read(Path path, String header) {
        List<String> names = null;
        List<Particle> particles = new ArrayList<>();
        List<List<String>> rows = new ArrayList<>();
        List<Integer> lines = new ArrayList<>();
        try (CsvReader<CsvRecord> records = CsvReader.builder()
                .fieldSeparator(separator(header))
                .detectBomHeader(true)
                .commentStrategy(CommentStrategy.SKIP)
                .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
                .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
                .ofCsvRecord(path)) {
            for (CsvRecord found : records) {
                List<String> fields =
                        found.getFields().stream().map(String::strip).toList();
                int line = Math.toIntExact(found.getStartingLineNumber());
                if (names == null) {
                    names = fields;
                } else {
                    particles.add(particle(path.toString(), line, names, fields));
                    rows.add(fields);
                    lines.add(line);
                }
            }
        } catch (CsvParseException e) {
            throw new InputException(path + ": " + e.getMessage() + "; correct the file", e);
        } catch (IOException e) {
            throw InputFile.unreadable(path, "a CSV or TSV file", e);
        }
        ParticleReader.requireSome(path, particles);
        StarTable table = new StarTable(starNames(names), rows, lines);
        return new ParticleList(path.toString(), particles, StarDocument.of("particles", table), table, List.of());
    }

    private static Particle particle(String file, int line, List<String> names, List<String> fields) {
        String where = file + " line " + line;
        if (fields.size() != names.size()) {
            throw new InputException(where + ": " + fields.size() + " values in a file of " + names.size()
                    + " columns; correct the line");
        }
        String tomogram = field(names, fields, TOMOGRAM);
        if (tomogram != null && tomogram.isEmpty()) {
            throw new InputException(where + ": the tomogram's name is empty");
        }
        String className = field(names, fields, CLASS);
        return new Particle(
                file,
                line,
                tomogram,
                ParticleReader.number(where, "x", fields.get(position(names, "x"))),
                ParticleReader.number(where, "y", fields.get(position(names, "y"))),
                ParticleReader.number(where, "z", fields.get(position(names, "z"))),
                className == null || className.isEmpty() ? null : className,
                null);
    }

    private static String field(List<String> names, List<String> fields, Set<String> known) {
        for (int i = 0; i < names.size(); i++) {
            if (known.contains(normal(names.get(i)))) {
                return fields.get(i);
            }
        }
        return null;
    }

    private static int position(List<String> names, String axis) {
        Set<String> known = Set.of(
                axis,
                axis + "_coord",
                axis + "_coordinate",
                "coord_" + axis,
                "coordinate_" + axis,
                "pos_" + axis,
                axis + "_pos",
                "position_" + axis,
                "rlncoordinate" + axis);
        for (int i = 0; i < names.size(); i++) {
            if (known.contains(normal(names.get(i)))) {
                return i;
            }
        }
        return -1;
    }

    private static String normal(String name) {
        String text = name.strip().replace("\"", "").toLowerCase(Locale.ROOT);
        return text.startsWith("_") ? text.substring(1) : text;
    }

    /** RELION's names for what it knows, so that a table written as STAR can be used there. */
    private static List<String> starNames(List<String> names) {
        List<String> star = new ArrayList<>(names.stream()
                .map(name -> name.strip().replaceAll("[^A-Za-z0-9_.]+", "_").replaceFirst("^_+", ""))
                .map(name -> TOMOGRAM.contains(name.toLowerCase(Locale.ROOT)) ? "rlnTomoName" : name)
                .toList());
        star.set(position(names, "x"), "rlnCoordinateX");
        star.set(position(names, "y"), "rlnCoordinateY");
        star.set(position(names, "z"), "rlnCoordinateZ");
        return star;
    }

    /**
     * Writes {@code tomogram,x,y,z,class}; what a particle does not have stays empty, and a column that none has is left
     * out.
     *
     * @throws InputException where the file cannot be written
     */
    public static void write(Path target, List<Particle> particles) {
        boolean named = particles.stream().anyMatch(particle -> particle.tomogram() != null);
        boolean classed = particles.stream().anyMatch(particle -> particle.className() != null);
        AtomicFile.write(target, temporary -> {
            try (CsvWriter out = CsvWriter.builder().build(temporary)) {
                out.writeRecord(row(named, classed, "tomogram", "x", "y", "z", "class"));
                for (Particle particle : particles) {
                    out.writeRecord(row(
                            named,
                            classed,
                            particle.tomogram(),
                            Particle.number(particle.x()),
                            Particle.number(particle.y()),
                            Particle.number(particle.z()),
                            particle.className()));
                }
            }
        });
    }

    private static List<String> row(
            boolean named, boolean classed, String tomogram, String x, String y, String z, String className) {
        List<String> row = new ArrayList<>();
        if (named) {
            row.add(tomogram);
        }
        row.addAll(List.of(x, y, z));
        if (classed) {
            row.add(className);
        }
        return row;
    }
}
