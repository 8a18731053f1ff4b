package org.cryonext.cryoet.evaluation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.cryonext.cryoet.evaluate.Prediction;

/** Chooses the particles that a report shows: the first of each class, then the mistakes that were made most surely. */
final class Samples {
    private static final int MISTAKES = 6;

    private Samples() {}

    static List<Prediction> choose(List<Prediction> predictions) {
        Set<Integer> seen = new HashSet<>();
        Set<Prediction> chosen = new LinkedHashSet<>();
        predictions.stream()
                .filter(prediction -> seen.add(prediction.truth()))
                .sorted(Comparator.comparingInt(Prediction::truth))
                .forEach(chosen::add);
        predictions.stream()
                .filter(prediction -> !prediction.correct())
                .sorted(Comparator.comparingDouble(Prediction::probability).reversed())
                .limit(MISTAKES)
                .forEach(chosen::add);
        return new ArrayList<>(chosen);
    }
}
