package org.cryonext.cryoet.score;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.cryonext.cryoet.particle.Particle;
import org.cryonext.cryoet.particle.ParticleList;
import org.cryonext.cryoet.particle.ParticleReader;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.InputFile;

/**
 * Reads lists of located particles: the contests' text (a class, three coordinates in the contest's order, and anything
 * behind them), or a STAR or CSV file as {@code classify} and {@code evaluate} write it, of which the particles of one tomogram
 * count. Coordinates are rounded to voxels, halves to the even
 * one, as the contests' scripts do.
 */
final class SubmissionReader {
    /** The column of an evaluation's table, which has the true class in another one. */
    private static final String PREDICTED = "predicted";

    private static final Pattern SPACE = Pattern.compile("\\s+");

    private final Contest contest;
    private final List<String> classes;
    private final String tomogram;

    /** @param classes the only ones there may be, in the contest's spelling; empty for any */
    SubmissionReader(Contest contest, List<String> classes) {
        this(contest, classes, null);
    }

    /** @param tomogram the one that counts, where a list names several; null for all of them */
    SubmissionReader(Contest contest, List<String> classes, String tomogram) {
        this.contest = contest;
        this.classes = classes;
        this.tomogram = tomogram;
    }

    /** @throws InputException where the list is empty, or a line cannot be read */
    List<Located> read(Path path) {
        InputFile.require(path, "a list of located particles");
        List<Located> particles = new ArrayList<>();
        try (BufferedReader in = Files.newBufferedReader(path)) {
            int line = 0;
            for (String text = in.readLine(); text != null; text = in.readLine()) {
                line++;
                String[] words = SPACE.split(text.strip());
                if (words[0].startsWith("data_") || words[0].contains(",") || words[0].startsWith("#")) {
                    return table(path);
                }
                if (!text.isBlank()) {
                    particles.add(particle(path + " line " + line, words));
                }
            }
        } catch (IOException e) {
            throw InputFile.unreadable(path, "a list of located particles (text, .star or .csv)", e);
        }
        return requireSome(path, particles);
    }

    private Located particle(String where, String[] words) {
        if (words.length < 4) {
            throw new InputException(where + ": " + words.length + " values, at least 4 were expected: a class and "
                    + (contest == Contest.SHREC_2019 ? "Z Y X" : "X Y Z"));
        }
        int first = number(where, words[1]);
        int y = number(where, words[2]);
        int third = number(where, words[3]);
        return contest == Contest.SHREC_2019
                ? located(where, words[0], third, y, first)
                : located(where, words[0], first, y, third);
    }

    private List<Located> table(Path path) {
        List<Located> particles = new ArrayList<>();
        ParticleList list = ParticleReader.read(path);
        Set<String> names = list.particles().stream()
                .map(Particle::tomogram)
                .filter(Objects::nonNull)
                .collect(Collectors.toCollection(LinkedHashSet::new));
        boolean several = tomogram != null && names.size() > 1;
        if (several && !names.contains(tomogram)) {
            throw new InputException(path + " has particles of " + names.size() + " tomograms ("
                    + names.stream().limit(5).collect(Collectors.joining(", ")) + (names.size() > 5 ? ", ..." : "")
                    + "), none of them " + tomogram + ", whose ground truth is given; give that of one of them");
        }
        for (int i = 0; i < list.particles().size(); i++) {
            Particle particle = list.particles().get(i);
            if (several && !tomogram.equals(particle.tomogram())) {
                continue;
            }
            particles.add(located(
                    particle.where(),
                    predicted(list, i),
                    rounded(particle.x()),
                    rounded(particle.y()),
                    rounded(particle.z())));
        }
        return requireSome(path, particles);
    }

    private static String predicted(ParticleList list, int i) {
        Particle particle = list.particles().get(i);
        String name = list.table().has(PREDICTED) ? list.table().get(i, PREDICTED) : particle.className();
        if (name == null || name.isEmpty()) {
            throw new InputException(particle.where()
                    + ": no class is given; scoring needs the predicted one of every particle (the column \"predicted\" or"
                    + " \"class\" of a CSV file, _cryonextClass of a STAR file)");
        }
        return name;
    }

    private Located located(String where, String name, int x, int y, int z) {
        String spelled = Contest.isBackground(name) ? Contest.BACKGROUND : contest.spelling(name);
        if (!classes.isEmpty() && !spelled.equals(Contest.BACKGROUND) && !classes.contains(spelled)) {
            throw new InputException(where + ": unknown class \"" + name + "\"; by the rules of SHREC " + contest
                    + " the classes are " + String.join(", ", classes) + "; is it another year (--year)?");
        }
        return new Located(where, spelled, x, y, z);
    }

    private static int number(String where, String text) {
        double value;
        try {
            value = Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new InputException(where + ": a coordinate is \"" + text + "\", a number was expected", e);
        }
        if (!(Math.abs(value) < 1e9)) {
            throw new InputException(where + ": a coordinate is " + text + ", a voxel was expected");
        }
        return rounded(value);
    }

    private static int rounded(double value) {
        return (int) Math.rint(value);
    }

    private static List<Located> requireSome(Path path, List<Located> particles) {
        if (particles.isEmpty()) {
            throw new InputException(path + ": no particle is in the list; check that it is the right file");
        }
        return particles;
    }
}
