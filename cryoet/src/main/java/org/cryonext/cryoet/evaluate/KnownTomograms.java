package org.cryonext.cryoet.evaluate;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.cryonext.cryoet.dataset.Dataset;
import org.cryonext.cryoet.dataset.Fingerprint;
import org.cryonext.cryoet.dataset.LabelledTomogram;
import org.cryonext.cryoet.dataset.Source;
import org.cryonext.cryoet.run.DataDivision;
import org.cryonext.cryoet.run.RunSettings;

/**
 * Tells which tomograms of a data set are those that a run was trained, validated or is tested on: by what they hold, so that
 * copies are known again and others of the same names are not taken for them. Runs of earlier versions recorded names alone.
 */
final class KnownTomograms {
    /** How a tomogram is like one of the run's. */
    enum Likeness {
        /** The same particles in the same volume, as far as that is there to be compared. */
        SAME,
        /** The same particles in another volume. */
        SAME_PARTICLES,
        /** The same name, where the run recorded no more. */
        SAME_NAME
    }

    /**
     * A tomogram of the run's that one is like.
     *
     * @param name in the run
     * @param likeness how
     */
    record Known(String name, Likeness likeness) {}

    private final DataDivision division;
    private final Source source;
    private final Dataset dataset;
    private final Map<String, Fingerprint> found = new HashMap<>();

    private KnownTomograms(DataDivision division, Source source, Dataset dataset) {
        this.division = division;
        this.source = source;
        this.dataset = dataset;
    }

    static KnownTomograms of(RunSettings run, Dataset dataset) {
        return new KnownTomograms(run.division(), run.input().source(), dataset);
    }

    /** Whether names are all that can be compared. */
    boolean byName() {
        return division.fingerprints().isEmpty();
    }

    /** Whether the data set is where the run was trained. */
    boolean inPlace() {
        return dataset.place().toAbsolutePath().normalize().equals(Path.of(division.data()));
    }

    /** The run's tomogram that this one of the data set is like, if any; one of its own name before others. */
    Optional<Known> known(LabelledTomogram tomogram) {
        String name = tomogram.name();
        if (byName()) {
            return names().contains(name) ? Optional.of(new Known(name, Likeness.SAME_NAME)) : Optional.empty();
        }
        Fingerprint own = fingerprint(tomogram);
        Set<String> alike = new LinkedHashSet<>();
        division.fingerprints().forEach((other, fingerprint) -> {
            if (fingerprint.sharesParticles(own)) {
                alike.add(other);
            }
        });
        Optional<String> same = preferred(
                name,
                alike.stream()
                        .filter(other ->
                                !own.differsInVolume(division.fingerprints().get(other)))
                        .toList());
        return same.map(other -> new Known(other, Likeness.SAME))
                .or(() -> preferred(name, List.copyOf(alike)).map(other -> new Known(other, Likeness.SAME_PARTICLES)));
    }

    private static Optional<String> preferred(String name, List<String> alike) {
        return alike.contains(name) ? Optional.of(name) : alike.stream().findFirst();
    }

    /** Whether a tomogram of the data set has a name of the run's and yet is none of the run's. */
    boolean isNamesake(LabelledTomogram tomogram) {
        return names().contains(tomogram.name()) && known(tomogram).isEmpty();
    }

    /** Whether the lines of the run's particle list of this name are those of the tomogram's list. */
    boolean sharesLines(LabelledTomogram tomogram) {
        return known(tomogram)
                .filter(known -> known.name().equals(tomogram.name()))
                .isPresent();
    }

    /** Whether all tomograms that the run was trained and validated on are there, by their names. */
    boolean hasTraining() {
        Set<String> needed = new LinkedHashSet<>(division.train());
        needed.addAll(division.validation());
        return dataset.names().containsAll(needed)
                && needed.stream()
                        .map(dataset::tomogram)
                        .allMatch(tomogram -> known(tomogram)
                                .filter(known -> known.name().equals(tomogram.name()))
                                .filter(known -> known.likeness() != Likeness.SAME_PARTICLES)
                                .isPresent());
    }

    private Set<String> names() {
        Set<String> names = new LinkedHashSet<>(division.train());
        names.addAll(division.validation());
        names.addAll(division.test());
        return names;
    }

    private Fingerprint fingerprint(LabelledTomogram tomogram) {
        return found.computeIfAbsent(tomogram.name(), name -> Fingerprint.of(tomogram, source));
    }
}
