package org.cryonext.cryoet.particle;

import de.siegmar.fastcsv.reader.CommentStrategy;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import de.siegmar.fastcsv.writer.CsvWriter;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.cryonext.cryoet.star.StarDocument;
import org.cryonext.cryoet.star.StarTable;
import org.cryonext.cryoet.star.StarWriter;
import org.cryonext.engine.io.AtomicFile;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.InputFile;

/**
 * Particle lists as CSV, TSV or with semicolons: a line of column names, then a particle a line, in voxels. Known names,
 * without regard to capitals: x, y, z (also coord_x, pos_x, x_coord, coordinate_x, rlnCoordinateX, ...), tomogram (also
 * tomo, tomo_name, rlnTomoName, rlnMicrographName) and class (also class_name, label, pdb). Other columns are kept.
 */
public final class DelimitedParticles {
    private DelimitedParticles() {}

    /** Whether the line names the columns x, y and z. */
    static boolean isHeader(String line) {
        return DelimitedColumns.of(List.of(line.split(String.valueOf(separator(line)), -1)))
                .isPresent();
    }

    private static char separator(String header) {
        if (header.contains("\t")) {
            return '\t';
        }
        return header.contains(";") && !header.contains(",") ? ';' : ',';
    }

    static ParticleList read(Path path, String header) {
        DelimitedColumns columns = null;
        List<Particle> particles = new ArrayList<>();
        List<List<String>> rows = new ArrayList<>();
        List<Integer> lines = new ArrayList<>();
        try (BufferedReader text = Files.newBufferedReader(path);
                CsvReader<CsvRecord> records = CsvReader.builder()
                        .fieldSeparator(separator(header))
                        .commentStrategy(CommentStrategy.SKIP)
                        .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
                        .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
                        .ofCsvRecord(afterMark(text))) {
            for (CsvRecord found : records) {
                List<String> fields =
                        found.getFields().stream().map(String::strip).toList();
                int line = Math.toIntExact(found.getStartingLineNumber());
                if (columns != null) {
                    particles.add(particle(path.toString(), line, columns, fields));
                    rows.add(fields);
                    lines.add(line);
                } else if (!isBlankOrComment(fields)) {
                    columns = DelimitedColumns.of(fields)
                            .orElseThrow(() -> new InputException(path + " line " + line
                                    + ": the columns x, y and z are not named one by one; put no quotes around several"
                                    + " names"));
                }
            }
        } catch (CsvParseException e) {
            throw new InputException(path + ": " + e.getMessage() + "; correct the file", e);
        } catch (UncheckedIOException e) {
            throw InputFile.unreadable(path, "a CSV or TSV file", e.getCause());
        } catch (IOException e) {
            throw InputFile.unreadable(path, "a CSV or TSV file", e);
        }
        ParticleReader.requireSome(path, particles);
        StarTable table = new StarTable(columns.starNames(), rows, lines);
        return new ParticleList(path.toString(), particles, StarDocument.of("particles", table), table, List.of());
    }

    /** The text without the byte order mark that it may begin with; a reader of files would guess at bytes that are no UTF-8. */
    private static BufferedReader afterMark(BufferedReader text) throws IOException {
        text.mark(1);
        if (text.read() != '\uFEFF') {
            text.reset();
        }
        return text;
    }

    /** What stands before the line of names: comments may be indented, empty lines may hold white space. */
    private static boolean isBlankOrComment(List<String> fields) {
        String first = fields.getFirst();
        return first.startsWith("#") || fields.size() == 1 && first.isEmpty();
    }

    private static Particle particle(String file, int line, DelimitedColumns columns, List<String> fields) {
        String where = file + " line " + line;
        if (fields.size() != columns.names().size()) {
            throw new InputException(where + ": " + fields.size() + " values in a file of "
                    + columns.names().size() + " columns; correct the line");
        }
        for (String value : fields) {
            if (!StarWriter.holds(value)) {
                throw new InputException(
                        where + ": a value goes over several lines or has both kinds of quotes, which a"
                                + " STAR file cannot hold; change it");
            }
        }
        String tomogram = columns.tomogram() < 0 ? null : fields.get(columns.tomogram());
        if (tomogram != null && tomogram.isEmpty()) {
            throw new InputException(where + ": the tomogram's name is empty");
        }
        String className = columns.className() < 0 ? null : fields.get(columns.className());
        return new Particle(
                file,
                line,
                tomogram,
                ParticleReader.number(where, "x", fields.get(columns.x())),
                ParticleReader.number(where, "y", fields.get(columns.y())),
                ParticleReader.number(where, "z", fields.get(columns.z())),
                className == null || className.isEmpty() ? null : className,
                null);
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
