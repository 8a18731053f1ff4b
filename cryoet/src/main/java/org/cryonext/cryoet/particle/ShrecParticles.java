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
        try (BufferedReader in = Files.newBufferedReader(path)) {
            int line = 0;
            for (String text = in.readLine(); text != null; text = in.readLine()) {
                line++;
                if (!text.isBlank()) {
                    particles.add(particle(path.toString(), line, tomogram, text.strip()));
                }
            }
        } catch (IOException e) {
            throw InputFile.unreadable(path, "SHREC's particle list", e);
        }
        StarTable table = star(ParticleReader.requireSome(path, particles));
        return new ParticleList(path.toString(), particles, StarDocument.of("particles", table), table, List.of());
    }

    private static Particle particle(String file, int line, String tomogram, String text) {
        String where = file + " line " + line;
        String[] words = SPACE.split(text);
        if (words.length != 7) {
            throw new InputException(
                    where + ": " + words.length + " values, 7 were expected: pdb X Y Z rot_Z1 rot_X rot_Z2");
        }
        double x = ParticleReader.number(where, "X", words[1]);
        double y = ParticleReader.number(where, "Y", words[2]);
        double z = ParticleReader.number(where, "Z", words[3]);
        ZxzAngles angles = new ZxzAngles(
                angle(where, "rot_Z1", words[4]), angle(where, "rot_X", words[5]), angle(where, "rot_Z2", words[6]));
        return new Particle(file, line, tomogram, x, y, z, words[0], angles);
    }

    /** SHREC 2021 gives NaN for vesicles and fiducials, which have no orientation. */
    private static double angle(String where, String column, String text) {
        return text.equalsIgnoreCase("nan") ? Double.NaN : ParticleReader.number(where, column, text);
    }

    static StarTable star(List<Particle> particles) {
        boolean named = particles.getFirst().tomogram() != null;
        List<String> columns = new ArrayList<>();
        if (named) {
            columns.add("rlnTomoName");
        }
        columns.addAll(List.of("rlnCoordinateX", "rlnCoordinateY", "rlnCoordinateZ"));
        List<List<String>> rows = new ArrayList<>();
        for (Particle particle : particles) {
            List<String> row = new ArrayList<>();
            if (named) {
                row.add(particle.tomogram());
            }
            row.add(Particle.number(particle.x()));
            row.add(Particle.number(particle.y()));
            row.add(Particle.number(particle.z()));
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
