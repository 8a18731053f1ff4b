package org.cryonext.cryoet.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * The figures of a classifier on a set of particles, by scikit-learn's definitions with {@code zero_division=0}.
 *
 * <p>A macro average is the plain mean over the classes that occur among the true or the predicted ones
 * (scikit-learn's default labels); a class that occurs in neither has the figures 0 and support 0 and counts in no
 * average. The same holds within each resample of the intervals.
 *
 * @param accuracy share of the particles whose class was predicted
 * @param precision macro average
 * @param recall macro average
 * @param f1 macro average of the classes' F1
 * @param perClass in the order of the class ids
 * @param confusion rows are the true classes
 * @param byTomogram the intervals by tomogram; empty where all particles are of one
 */
public record Metrics(
        Estimate accuracy,
        Estimate precision,
        Estimate recall,
        Estimate f1,
        List<ClassMetrics> perClass,
        ConfusionMatrix confusion,
        Optional<TomogramIntervals> byTomogram) {

    /** Copies the list. */
    public Metrics {
        perClass = List.copyOf(perClass);
    }

    /**
     * Figures of the given predictions with {@link Bootstrap#DEFAULT} intervals.
     *
     * @param classes names, in the order of the class ids
     * @throws org.cryonext.engine.io.InputException if there are no predictions, or one has no true class
     */
    public static Metrics of(List<String> classes, List<Prediction> predictions) {
        Metrics metrics = of(ConfusionMatrix.of(classes, predictions), Bootstrap.DEFAULT);
        return metrics.with(TomogramIntervals.of(classes, predictions, metrics));
    }

    Metrics with(Optional<TomogramIntervals> intervals) {
        return new Metrics(accuracy, precision, recall, f1, perClass, confusion, intervals);
    }

    /** Figures of counted predictions; a matrix without particles gives zeros. */
    public static Metrics of(ConfusionMatrix confusion, Bootstrap bootstrap) {
        Tally tally = Tally.of(confusion);
        Bootstrap.Intervals intervals = bootstrap.intervals(confusion);
        List<ClassMetrics> perClass = new ArrayList<>();
        for (int k = 0; k < confusion.size(); k++) {
            perClass.add(new ClassMetrics(
                    confusion.classes().get(k),
                    tally.precision(k),
                    tally.recall(k),
                    estimate(tally.f1(k), intervals.classF1()[k]),
                    tally.support[k]));
        }
        return new Metrics(
                estimate(tally.accuracy(), intervals.accuracy()),
                estimate(tally.macro(tally::precision), intervals.precision()),
                estimate(tally.macro(tally::recall), intervals.recall()),
                estimate(tally.macro(tally::f1), intervals.f1()),
                perClass,
                confusion,
                Optional.empty());
    }

    /** Mean of a per-class figure, weighted by support (scikit-learn's {@code average='weighted'}). */
    public double weighted(ToDoubleFunction<ClassMetrics> figure) {
        double sum = 0;
        for (ClassMetrics c : perClass) {
            sum += figure.applyAsDouble(c) * c.support();
        }
        long total = confusion.total();
        return total == 0 ? 0 : sum / total;
    }

    /**
     * One kind of mistake.
     *
     * @param truth the true class
     * @param predicted what it was taken for
     * @param count how many particles
     * @param share of the true class's particles
     */
    public record Mistake(String truth, String predicted, long count, double share) {}

    /** The {@code limit} most frequent mistakes, the most frequent first, ties in the order of the classes. */
    public List<Mistake> mistakes(int limit) {
        List<Mistake> mistakes = new ArrayList<>();
        for (int t = 0; t < confusion.size(); t++) {
            for (int p = 0; p < confusion.size(); p++) {
                long count = confusion.counts()[t][p];
                if (t != p && count > 0) {
                    mistakes.add(new Mistake(
                            confusion.classes().get(t), confusion.classes().get(p), count, confusion.share(t, p)));
                }
            }
        }
        return mistakes.stream()
                .sorted((a, b) -> Long.compare(b.count(), a.count()))
                .limit(limit)
                .toList();
    }

    private static Estimate estimate(double value, double[] interval) {
        return new Estimate(value, interval[0], interval[1]);
    }
}
