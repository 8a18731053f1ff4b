package org.cryonext.cryoet.metrics;

import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The main figures with their intervals by tomogram, see {@link Bootstrap#intervals(List)}.
 *
 * @param tomograms how many there are, at least 2
 * @param accuracy see {@link Metrics}
 * @param precision macro average
 * @param recall macro average
 * @param f1 macro average
 */
public record TomogramIntervals(int tomograms, Estimate accuracy, Estimate precision, Estimate recall, Estimate f1) {

    /** The intervals of some predictions; empty where all are of one tomogram. */
    static Optional<TomogramIntervals> of(List<String> classes, List<Prediction> predictions, Metrics metrics) {
        // Sorted by name, so that the draws do not depend on the order of the predictions.
        List<ConfusionMatrix> tomograms = predictions.stream()
                .collect(Collectors.groupingBy(Prediction::tomogram, TreeMap::new, Collectors.toList()))
                .values()
                .stream()
                .map(own -> ConfusionMatrix.of(classes, own))
                .toList();
        if (tomograms.size() < 2) {
            return Optional.empty();
        }
        Bootstrap.Intervals intervals = Bootstrap.DEFAULT.intervals(tomograms);
        return Optional.of(new TomogramIntervals(
                tomograms.size(),
                estimate(metrics.accuracy(), intervals.accuracy()),
                estimate(metrics.precision(), intervals.precision()),
                estimate(metrics.recall(), intervals.recall()),
                estimate(metrics.f1(), intervals.f1())));
    }

    private static Estimate estimate(Estimate figure, double[] interval) {
        return new Estimate(figure.value(), interval[0], interval[1]);
    }
}
