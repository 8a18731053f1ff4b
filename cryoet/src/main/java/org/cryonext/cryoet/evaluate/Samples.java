package org.cryonext.cryoet.evaluate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.cryonext.cryoet.metrics.Prediction;

/**
 * Chooses the particles that a report shows, of every class the same number: one that was recognised and the mistake that
 * was made most surely; where there is only one of the two kinds, two of it.
 */
final class Samples {
    /** Particles of a class, where it has so many. */
    static final int EACH = 2;

    private Samples() {}

    /**
     * Chooses among the particles of all tomograms.
     *
     * @return by class; the recognised one before the mistake
     */
    static List<Prediction> choose(List<Prediction> predictions) {
        List<Prediction> chosen = new ArrayList<>();
        predictions.stream()
                .collect(Collectors.groupingBy(Prediction::truth, TreeMap::new, Collectors.toList()))
                .forEach((truth, particles) -> chosen.addAll(ofClass(truth, particles)));
        return chosen;
    }

    private static List<Prediction> ofClass(int truth, List<Prediction> particles) {
        List<Prediction> right = particles.stream().filter(Prediction::correct).toList();
        List<Prediction> wrong = particles.stream()
                .filter(prediction -> !prediction.correct())
                .sorted(Comparator.comparingDouble(Prediction::probability).reversed())
                .toList();
        int mistakes = Math.min(wrong.size(), Math.max(EACH - 1, EACH - right.size()));
        List<Prediction> chosen = new ArrayList<>();
        for (int i = 0; i < Math.min(right.size(), EACH - mistakes); i++) {
            // From another part of the list for every class, so that the pictures come from all tomograms.
            chosen.add(right.get(Math.floorMod(i + truth * 7919, right.size())));
        }
        chosen.addAll(wrong.subList(0, mistakes));
        return chosen;
    }

    /** Those of one tomogram. */
    static List<Prediction> of(String tomogram, List<Prediction> predictions) {
        return predictions.stream()
                .filter(prediction -> prediction.tomogram().equals(tomogram))
                .toList();
    }
}
