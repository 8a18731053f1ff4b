package org.cryonext.cryoet.dataset;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.InputFile;

/**
 * A data set in SHREC 2020's layout: folders {@code model_0}, {@code model_1}, ... with a particle list and volumes each.
 *
 * @param folder the data set's folder
 * @param tomograms in the order of their numbers
 */
public record ShrecDataset(Path folder, List<ShrecTomogram> tomograms) {
    /** What the name of a tomogram's folder begins with; its number follows. */
    public static final String PREFIX = "model_";

    /**
     * Opens a data set: finds its tomograms and checks that each has a particle list. Volumes are looked for when they are
     * opened, as not every use needs all of them.
     *
     * @param place the folder that holds the tomograms, or one into which such a folder was fetched
     * @throws InputException where the folder is missing, has no tomogram or is only half fetched or unpacked
     */
    public static ShrecDataset open(Path place) {
        if (!Files.isDirectory(place)) {
            throw new InputException(
                    Files.exists(place)
                            ? place + " is a file; give the folder that holds model_0, model_1, ..."
                            : place + ": no such folder; give the folder that holds model_0, model_1, ..., or bring"
                                    + " SHREC 2020 there by: cryonext fetch shrec2020 --out " + place);
        }
        Path folder = FetchMark.resolve(place);
        List<Path> entries;
        try (Stream<Path> listed = Files.list(folder)) {
            entries = listed.toList();
        } catch (IOException e) {
            throw InputFile.unreadable(folder, "a folder", e);
        }
        List<ShrecTomogram> tomograms = entries.stream()
                .filter(Files::isDirectory)
                .filter(entry -> entry.getFileName().toString().matches(PREFIX + "\\d+"))
                .map(entry -> new ShrecTomogram(entry.getFileName().toString(), entry))
                .sorted(Comparator.comparing(ShrecDataset::number))
                .toList();
        if (tomograms.isEmpty()) {
            throw new InputException(folder + ": no folder model_0, model_1, ... is in it" + packed(entries)
                    + "; give the folder of a SHREC 2020 data set, or make one with cryonext simulate");
        }
        for (ShrecTomogram tomogram : tomograms) {
            Path list = tomogram.folder().resolve(ShrecTomogram.PARTICLES);
            if (!Files.isRegularFile(list)) {
                throw new InputException(list + ": missing; the data set is only partly unpacked" + packed(entries)
                        + "; unpack the rest, or take " + tomogram.name() + " away");
            }
        }
        return new ShrecDataset(folder, tomograms);
    }

    private static BigInteger number(ShrecTomogram tomogram) {
        return new BigInteger(tomogram.name().substring(PREFIX.length()));
    }

    private static String packed(List<Path> entries) {
        return entries.stream()
                .map(entry -> entry.getFileName().toString())
                .filter(name -> name.toLowerCase(Locale.ROOT).matches(".*\\.(zip|tar|tgz|7z|tar\\.gz)"))
                .sorted()
                .findFirst()
                .map(name -> " (" + name + " is still packed)")
                .orElse("");
    }

    /**
     * The tomogram of this name.
     *
     * @throws InputException where there is none
     */
    public ShrecTomogram tomogram(String name) {
        return tomograms.stream()
                .filter(tomogram -> tomogram.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new InputException(folder + ": no tomogram \"" + name + "\"; there are "
                        + String.join(
                                ", ",
                                tomograms.stream().map(ShrecTomogram::name).toList())));
    }
}
