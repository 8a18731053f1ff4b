package org.cryonext.cryoet.particle;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.cryonext.cryoet.star.StarDocument;
import org.cryonext.cryoet.star.StarReader;
import org.cryonext.cryoet.star.StarTable;
import org.cryonext.cryoet.star.StarWriter;
import org.cryonext.engine.io.InputException;

/**
 * Particle lists as RELION's STAR files: 3.0 (one table), 3.1 (optics and particles), 5 (centred coordinates). Where a
 * table has both kinds of coordinates the centred ones hold, as in RELION. Shifts of a refinement (rlnOrigin...) are not
 * applied.
 */
public final class StarParticles {
    private static final List<String> VOXELS = List.of("rlnCoordinateX", "rlnCoordinateY", "rlnCoordinateZ");
    private static final List<String> CENTRED =
            List.of("rlnCenteredCoordinateXAngst", "rlnCenteredCoordinateYAngst", "rlnCenteredCoordinateZAngst");
    private static final List<String> TOMOGRAM = List.of("rlnTomoName", "rlnMicrographName", "tomogram");
    private static final List<String> SHIFTS = List.of("rlnOriginXAngst", "rlnOriginYAngst", "rlnOriginZAngst");

    private static final String IMAGE = "rlnImageName";
    private static final String CLASS = "cryonextClass";

    private StarParticles() {}

    static ParticleList read(Path path, Centrings centrings) {
        StarDocument document = StarReader.read(path);
        Optional<StarTable> places = document.table("particles")
                .filter(StarParticles::hasCoordinates)
                .or(() -> document.table(StarParticles::hasCoordinates));
        Optional<StarTable> extracted = document.table("particles")
                .filter(candidate -> candidate.has(IMAGE))
                .or(() -> document.table(candidate -> candidate.has(IMAGE)));
        if (places.isEmpty() && extracted.isPresent()) {
            return subtomograms(path, document, extracted.orElseThrow());
        }
        StarTable table = places.orElseThrow(() -> noTable(path, document));
        Optional<String> tomogramColumn = TOMOGRAM.stream().filter(table::has).findFirst();
        boolean centred = isCentred(table);
        List<Particle> particles = new ArrayList<>(table.rows().size());
        for (int row = 0; row < table.rows().size(); row++) {
            int line = table.lines().get(row);
            String tomogram = tomogramColumn.isPresent() ? table.get(row, tomogramColumn.get()) : null;
            double[] at = coordinates(path, table, row, centred ? CENTRED : VOXELS);
            if (centred) {
                Centring centring = centrings.of(tomogram).orElseThrow(() -> unknownCentre(path, line, tomogram));
                at = new double[] {centring.x(at[0]), centring.y(at[1]), centring.z(at[2])};
            }
            String className = table.has(CLASS) ? table.get(row, CLASS) : null;
            particles.add(new Particle(path.toString(), line, tomogram, at[0], at[1], at[2], className, null));
        }
        ParticleReader.requireSome(path, particles);
        return new ParticleList(path.toString(), particles, document, table, notes(path, table, centred));
    }

    private static InputException noTable(Path path, StarDocument document) {
        for (String name : List.of(VOXELS.getFirst(), CENTRED.getFirst(), IMAGE)) {
            if (document.value(name).isPresent()) {
                return new InputException(
                        path + ": _" + name + " has a value of its own; a particle list is a table: put"
                                + " loop_ before the names, and the values of a particle on one line below them");
            }
        }
        return new InputException(path + ": no table with the columns _rlnCoordinateX, _rlnCoordinateY"
                + " and _rlnCoordinateZ, or _rlnCenteredCoordinateXAngst, ...YAngst and ...ZAngst (blocks found: "
                + document.names() + "); give the particle list of a tomography job");
    }

    /** A list that names a volume for each particle, and no places in tomograms. */
    private static ParticleList subtomograms(Path path, StarDocument document, StarTable table) {
        Optional<String> tomogramColumn = TOMOGRAM.stream().filter(table::has).findFirst();
        List<Particle> particles = new ArrayList<>(table.rows().size());
        List<String> images = new ArrayList<>(table.rows().size());
        for (int row = 0; row < table.rows().size(); row++) {
            String tomogram = tomogramColumn.isPresent() ? table.get(row, tomogramColumn.get()) : null;
            String className = table.has(CLASS) ? table.get(row, CLASS) : null;
            particles.add(new Particle(path.toString(), table.lines().get(row), tomogram, 0, 0, row, className, null));
            images.add(table.get(row, IMAGE));
        }
        ParticleReader.requireSome(path, particles);
        List<String> notes =
                List.of("the list has no coordinates, so that the particles are taken from the middles of the"
                        + " subtomograms that _rlnImageName names");
        return new ParticleList(path.toString(), particles, document, table, images, notes);
    }

    /** Whether the coordinates that hold are in Angstrom from the tomogram's middle. */
    static boolean isCentred(StarTable table) {
        return table.columns().containsAll(CENTRED);
    }

    private static boolean hasCoordinates(StarTable table) {
        return table.columns().containsAll(VOXELS) || isCentred(table);
    }

    private static InputException unknownCentre(Path path, int line, String tomogram) {
        return new InputException(
                path + " line " + line + ": the coordinates are centred (rlnCenteredCoordinateXAngst), and"
                        + " the size and pixel size of "
                        + (tomogram == null ? "the tomogram (the list names none)" : "tomogram \"" + tomogram + "\"")
                        + " are not known; give RELION's tomograms.star with --tomograms-star, or the tomogram itself");
    }

    private static double[] coordinates(Path path, StarTable table, int row, List<String> columns) {
        double[] at = new double[3];
        for (int i = 0; i < 3; i++) {
            at[i] = number(path, table, row, columns.get(i));
        }
        return at;
    }

    static double number(Path path, StarTable table, int row, String column) {
        return ParticleReader.number(path + " line " + table.lines().get(row), "_" + column, table.get(row, column));
    }

    private static List<String> notes(Path path, StarTable table, boolean centred) {
        List<String> notes = new ArrayList<>();
        if (centred) {
            notes.add("centred coordinates are read as RELION's extraction reads them (size / 2); a list of its Python"
                    + " picker lies one unbinned pixel off");
        }
        if (centred && table.columns().containsAll(VOXELS)) {
            notes.add("the centred coordinates are taken and rlnCoordinateX/Y/Z are ignored, as RELION 5 does");
        }
        if (table.columns().containsAll(SHIFTS) && shifted(path, table)) {
            notes.add("the shifts of a refinement (rlnOriginXAngst, ...) are not applied");
        }
        return notes;
    }

    private static boolean shifted(Path path, StarTable table) {
        for (int row = 0; row < table.rows().size(); row++) {
            for (String column : SHIFTS) {
                if (number(path, table, row, column) != 0) {
                    return true;
                }
            }
        }
        return false;
    }

    /**
     * Writes a list of one table: rlnTomoName, rlnCoordinateX/Y/Z and, where given, cryonextClass.
     *
     * @throws InputException where the file cannot be written
     */
    public static void write(Path target, List<Particle> particles) {
        StarTable table = positions(particles);
        if (particles.stream().allMatch(particle -> particle.className() != null)) {
            table = table.withColumn(
                    CLASS, particles.stream().map(Particle::className).toList());
        }
        StarWriter.write(target, StarDocument.of("particles", table));
    }

    private static StarTable positions(List<Particle> particles) {
        boolean named = particles.getFirst().tomogram() != null;
        List<String> columns = new ArrayList<>();
        if (named) {
            columns.add(TOMOGRAM.getFirst());
        }
        columns.addAll(VOXELS);
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
}
