package org.cryonext.cryoet.particle;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.cryonext.cryoet.star.StarDocument;
import org.cryonext.cryoet.star.StarTable;
import org.cryonext.engine.io.AtomicFile;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.InputFile;

/** SHREC 2020's particle_locations.txt: {@code pdb X Y Z rot_Z1 rot_X rot_Z2}, voxels and degrees, no header. */
public final class ShrecParticles {
    private static final Pattern SPACE = Pattern.compile("\\s+");

    private ShrecParticles() {}

    /**
     * Reads a list.
     *
     * @param tomogram the tomogram it belongs to, or null
     * @throws InputException with the line that cannot be read
     */
    public static ParticleList read(Path path, String tomogram) {
        List<Particle> particles = new ArrayList<>();
        List<List<String>> lines = new ArrayList<>();
        try (BufferedReader in = Files.newBufferedReader(path)) {
            int line = 0;
            for (String text = in.readLine(); text != null; text = in.readLine()) {
                line++;
                if (!text.isBlank()) {
                    List<String> words = words(path + " line " + line, text);
                    particles.add(particle(path.toString(), line, tomogram, words));
                    lines.add(words);
                }
            }
        } catch (IOException e) {
            throw InputFile.unreadable(path, "SHREC's particle list", e);
        }
        ParticleReader.requireSome(path, particles);
        StarTable table = star(tomogram, lines);
        return new ParticleList(path.toString(), particles, StarDocument.of("particles", table), table, List.of());
    }

    private static List<String> words(String where, String text) {
        List<String> words = List.of(SPACE.split(text.strip()));
        if (words.size() != 7) {
            throw new InputException(
                    where + ": " + words.size() + " values, 7 were expected: pdb X Y Z rot_Z1 rot_X rot_Z2");
        }
        return words;
    }

    private static Particle particle(String file, int line, String tomogram, List<String> words) {
        String where = file + " line " + line;
        double x = ParticleReader.number(where, "X", words.get(1));
        double y = ParticleReader.number(where, "Y", words.get(2));
        double z = ParticleReader.number(where, "Z", words.get(3));
        ZxzAngles angles = new ZxzAngles(
                angle(where, "rot_Z1", words.get(4)),
                angle(where, "rot_X", words.get(5)),
                angle(where, "rot_Z2", words.get(6)));
        return new Particle(file, line, tomogram, x, y, z, words.getFirst(), angles);
    }

    /** SHREC 2021 gives NaN for vesicles and fiducials, which have no orientation. */
    private static double angle(String where, String column, String text) {
        return text.equalsIgnoreCase("nan") ? Double.NaN : ParticleReader.number(where, column, text);
    }

    /** All values as they are written; the angles are no angles of RELION's, which turns about z, y and z. */
    private static StarTable star(String tomogram, List<List<String>> lines) {
        List<String> columns = new ArrayList<>();
        if (tomogram != null) {
            columns.add("rlnTomoName");
        }
        columns.addAll(List.of("rlnCoordinateX", "rlnCoordinateY", "rlnCoordinateZ"));
        columns.addAll(List.of("pdb", "rot_Z1", "rot_X", "rot_Z2"));
        List<List<String>> rows = new ArrayList<>();
        for (List<String> words : lines) {
            List<String> row = new ArrayList<>();
            if (tomogram != null) {
                row.add(tomogram);
            }
            row.addAll(words.subList(1, 4));
            row.add(words.getFirst());
            row.addAll(words.subList(4, words.size()));
            rows.add(row);
        }
        return StarTable.of(columns, rows);
    }

    /**
     * Writes a list; a particle without orientation gets the angles 0.
     *
     * @throws InputException where a particle has no class or the file cannot be written
     */
    public static void write(Path target, List<Particle> particles) {
        AtomicFile.write(target, temporary -> {
            try (BufferedWriter out = Files.newBufferedWriter(temporary)) {
                for (Particle particle : particles) {
                    ZxzAngles angles = particle.angles() == null ? new ZxzAngles(0, 0, 0) : particle.angles();
                    out.write(particle.requireClass() + " " + Particle.number(particle.x()) + " "
                            + Particle.number(particle.y()) + " " + Particle.number(particle.z())
                            + String.format(Locale.ROOT, " %.3f %.3f %.3f\n", angles.z1(), angles.x(), angles.z2()));
                }
            }
        });
    }
}
