package org.cryonext.cryoet.metrics;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.cryonext.engine.io.InputException;

/**
 * What two classifiers said about one particle.
 *
 * @param tomogram the particle's tomogram
 * @param line of the particle in its list
 * @param truth id of its true class
 * @param first id of the class that the first predicted
 * @param second id of the class that the second predicted
 */
record Pair(String tomogram, int line, int truth, int first, int second) {

    boolean firstCorrect() {
        return first == truth;
    }

    boolean secondCorrect() {
        return second == truth;
    }

    private record Place(String tomogram, int line) {}

    /** Whether two classifications are of the same particles, of the same true classes. */
    static boolean sameParticles(List<Prediction> first, List<Prediction> second) {
        return first.size() == second.size() && truths(first).equals(truths(second));
    }

    private static Map<Place, Integer> truths(List<Prediction> predictions) {
        return predictions.stream()
                .collect(Collectors.toMap(p -> new Place(p.tomogram(), p.line()), Prediction::truth, (a, b) -> b));
    }

    /**
     * Lays two classifications of the same particles side by side, sorted by place: what follows from the pairs does not
     * depend on the order of the predictions.
     *
     * @throws InputException where they are not of the same particles, or differ in a true class
     */
    static List<Pair> of(List<Prediction> first, List<Prediction> second) {
        Map<Place, Prediction> others = new HashMap<>();
        for (Prediction prediction : second) {
            others.put(new Place(prediction.tomogram(), prediction.line()), prediction);
        }
        if (others.size() != second.size() || first.size() != second.size()) {
            throw differ(first.size() + " and " + second.size() + " particles");
        }
        List<Pair> pairs = new ArrayList<>(first.size());
        for (Prediction prediction : first) {
            Prediction other = others.remove(new Place(prediction.tomogram(), prediction.line()));
            String where = "line " + prediction.line() + " of " + prediction.tomogram();
            if (other == null) {
                throw differ(where + " is in one of them only");
            }
            if (other.truth() != prediction.truth()) {
                throw differ("they differ in the true class of " + where);
            }
            pairs.add(new Pair(
                    prediction.tomogram(),
                    prediction.line(),
                    prediction.truth(),
                    prediction.predicted(),
                    other.predicted()));
        }
        pairs.sort(Comparator.comparing(Pair::tomogram).thenComparingInt(Pair::line));
        return pairs;
    }

    private static InputException differ(String how) {
        return new InputException("Two classifications can be compared on the same particles only, but " + how
                + "; evaluate both on the same tomograms with the same --borders");
    }
}
