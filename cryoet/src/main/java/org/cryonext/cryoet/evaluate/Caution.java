package org.cryonext.cryoet.evaluate;

import java.util.ArrayList;
import java.util.List;
import org.cryonext.cryoet.dataset.LabelledTomogram;
import org.cryonext.cryoet.evaluate.KnownTomograms.Known;
import org.cryonext.cryoet.run.DataDivision;

/** Says which evaluated tomograms training has seen: figures on them flatter the network. */
final class Caution {
    private static final String BY_HEART =
            ": figures on it say how well it was learnt by heart, not how well others would be classified.";
    private static final String CHOSEN = ": the best checkpoint was chosen by it, which flatters the figures.";

    private Caution() {}

    /** Sentences about those that were trained on, and then about those that were validated on alone. */
    static List<String> of(DataDivision division, KnownTomograms known, List<LabelledTomogram> tomograms) {
        List<String> sentences = new ArrayList<>();
        add(sentences, tomograms, known, division, division.train(), "trained on", BY_HEART);
        add(sentences, tomograms, known, division, validatingAlone(division), "validated on", CHOSEN);
        return sentences;
    }

    /** Names of those that are like a tomogram of the run's which training has used so. */
    static List<String> seen(List<String> used, KnownTomograms known, List<LabelledTomogram> tomograms) {
        return tomograms.stream()
                .filter(tomogram -> known.known(tomogram)
                        .filter(alike -> used.contains(alike.name()))
                        .isPresent())
                .map(LabelledTomogram::name)
                .toList();
    }

    /** Names of the run's tomograms that validate and do not train. */
    static List<String> validatingAlone(DataDivision division) {
        List<String> validation = new ArrayList<>(division.validation());
        validation.removeAll(division.train());
        return validation;
    }

    private static void add(
            List<String> sentences,
            List<LabelledTomogram> tomograms,
            KnownTomograms known,
            DataDivision division,
            List<String> seen,
            String done,
            String so) {
        for (LabelledTomogram tomogram : tomograms) {
            known.known(tomogram)
                    .filter(alike -> seen.contains(alike.name()))
                    .ifPresent(alike -> sentences.add(sentence(tomogram.name(), alike, known, division, done) + so));
        }
    }

    private static String sentence(String name, Known alike, KnownTomograms known, DataDivision division, String done) {
        return switch (alike.likeness()) {
            case SAME -> name + " was " + done + (alike.name().equals(name) ? "" : " as " + alike.name());
            case SAME_PARTICLES ->
                name + " has the particles of " + alike.name() + ", which was " + done + ", in another volume";
            case SAME_NAME ->
                name + " was " + done
                        + (known.inPlace()
                                ? ""
                                : " if it is the " + name + " of " + division.data()
                                        + " (the run is of an earlier version, which recorded names alone)");
        };
    }
}
