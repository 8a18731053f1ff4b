package org.cryonext.cryoet.particle;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.InputFile;

/** Reads a particle list, whichever of the known kinds it is: that is told by its first line, not by its name. */
public final class ParticleReader {
    private ParticleReader() {}

    /** Reads a list in voxels; centred coordinates are an error, as nothing is known of the tomograms. */
    public static ParticleList read(Path path) {
        return read(path, Centrings.none());
    }

    /**
     * Reads a list.
     *
     * @param centrings where a STAR file has centred coordinates, what they are measured against
     * @throws InputException where the file is of no known kind, is empty or has a line that cannot be read
     */
    public static ParticleList read(Path path, Centrings centrings) {
        String first = firstLine(path);
        String[] words = first.split("\\s+");
        if (words[0].startsWith("data_")) {
            return StarParticles.read(path, centrings);
        }
        if (DelimitedParticles.isHeader(first)) {
            return DelimitedParticles.read(path, first);
        }
        if (words.length >= 4
                && isNumber(words[1])
                && isNumber(words[2])
                && isNumber(words[3])
                && !isNumber(words[0])) {
            return ShrecParticles.read(path, null);
        }
        throw OtherPrograms.of(path, first).orElseGet(() -> unknown(path, first));
    }

    private static String firstLine(Path path) {
        InputFile.require(path, "a particle list");
        OtherPrograms.requireNoModel(path);
        try (BufferedReader in = Files.newBufferedReader(path)) {
            for (String text = in.readLine(); text != null; text = in.readLine()) {
                String line = text.strip().replace("\uFEFF", "");
                if (!line.isEmpty() && !line.startsWith("#")) {
                    return line;
                }
            }
        } catch (IOException e) {
            throw InputFile.unreadable(path, "a particle list (.star, .csv, .tsv or SHREC's .txt)", e);
        }
        throw empty(path);
    }

    private static InputException unknown(Path path, String first) {
        String name = path.getFileName().toString().toLowerCase(Locale.ROOT);
        String start = first.length() <= 60 ? first : first.substring(0, 60) + "...";
        if (name.endsWith(".csv") || name.endsWith(".tsv")) {
            return new InputException(
                    path + ": the first line, \"" + start + "\", does not name the columns x, y and z; begin"
                            + " the file with a line such as tomogram,x,y,z or tomogram,x,y,z,class");
        }
        return new InputException(
                path + ": not a particle list that can be read; it begins with \"" + start + "\"; STAR, CSV"
                        + " or TSV with a line of column names, and SHREC's text (pdb X Y Z and angles) are read");
    }

    static InputException empty(Path path) {
        return new InputException(path + ": no particle is in the list; check that it is the right file");
    }

    static List<Particle> requireSome(Path path, List<Particle> particles) {
        if (particles.isEmpty()) {
            throw empty(path);
        }
        return particles;
    }

    static double number(String where, String column, String text) {
        double value;
        try {
            value = Double.parseDouble(text.strip());
        } catch (NumberFormatException e) {
            boolean comma = text.strip().matches("[+-]?\\d*,\\d+");
            throw new InputException(
                    where + ": " + column + " is \"" + text + "\", a number was expected; "
                            + (comma
                                    ? "numbers need a decimal point, not a comma: correct the file"
                                    : "correct the line"),
                    e);
        }
        if (!Double.isFinite(value)) {
            throw new InputException(
                    where + ": " + column + " is " + text + ", a finite number was expected; correct the line");
        }
        return value;
    }

    private static boolean isNumber(String text) {
        try {
            Double.parseDouble(text);
            return true;
        } catch (NumberFormatException e) {
            return false;
        }
    }
}
