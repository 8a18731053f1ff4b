package org.cryonext.cryoet.robustness;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.cryonext.cryoet.metrics.ClassMetrics;
import org.cryonext.cryoet.metrics.Estimate;
import org.cryonext.cryoet.metrics.Metrics;
import org.cryonext.cryoet.metrics.Prediction;
import org.cryonext.cryoet.metrics.Rival;
import org.cryonext.cryoet.metrics.TomogramIntervals;

/**
 * What was measured under a condition; stored as JSON.
 *
 * @param condition its id
 * @param particles how many
 * @param f1 macro F1 of the network, with its interval by particle
 * @param f1ByTomogram the same with its interval by tomogram; null for a single tomogram
 * @param accuracy of the network
 * @param f1PerClass by name
 * @param sizeAlone what size alone came to; null where it could not be trained
 */
public record Measured(
        String condition,
        int particles,
        Estimate f1,
        Estimate f1ByTomogram,
        Estimate accuracy,
        Map<String, Double> f1PerClass,
        Beside sizeAlone) {

    /**
     * Size alone, and the network's figure less its own.
     *
     * @param f1 macro F1
     * @param accuracy share of the particles whose class was predicted
     * @param networkLess difference of the macro F1, with its paired interval by particle
     * @param networkLessByTomogram the same by tomogram; null for a single tomogram
     */
    public record Beside(Estimate f1, Estimate accuracy, Estimate networkLess, Estimate networkLessByTomogram) {

        static Beside of(Rival rival) {
            return new Beside(
                    rival.metrics().f1(),
                    rival.metrics().accuracy(),
                    rival.difference().f1(),
                    rival.difference().f1ByTomogram().orElse(null));
        }
    }

    static Measured of(
            Condition condition, List<String> classes, List<Prediction> predictions, Optional<Rival> sizeAlone) {
        Metrics metrics = Metrics.of(classes, predictions);
        Map<String, Double> perClass = new LinkedHashMap<>();
        for (ClassMetrics figures : metrics.perClass()) {
            perClass.put(figures.name(), figures.f1().value());
        }
        return new Measured(
                condition.id(),
                predictions.size(),
                metrics.f1(),
                metrics.byTomogram().map(TomogramIntervals::f1).orElse(null),
                metrics.accuracy(),
                perClass,
                sizeAlone.map(Beside::of).orElse(null));
    }
}
