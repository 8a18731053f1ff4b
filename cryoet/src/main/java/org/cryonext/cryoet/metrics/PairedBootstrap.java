package org.cryonext.cryoet.metrics;

import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Percentile bootstrap of the difference between two classifiers of the same particles. */
final class PairedBootstrap {
    private final Bootstrap bootstrap;
    private final List<Pair> pairs;
    private final Tally first;
    private final Tally second;
    private final double f1;
    private final double accuracy;
    private final double[] f1s;
    private final double[] accuracies;

    /** @param pairs sorted, so that the draws do not depend on the order of the predictions */
    PairedBootstrap(Bootstrap bootstrap, int classes, List<Pair> pairs) {
        this.bootstrap = bootstrap;
        this.pairs = pairs;
        first = new Tally(classes);
        second = new Tally(classes);
        pairs.forEach(this::add);
        f1 = f1();
        accuracy = accuracy();
        f1s = new double[bootstrap.resamples()];
        accuracies = new double[bootstrap.resamples()];
        SplittableRandom random = new SplittableRandom(bootstrap.seed());
        for (int r = 0; r < f1s.length; r++) {
            clear();
            for (int i = 0; i < pairs.size(); i++) {
                add(pairs.get(random.nextInt(pairs.size())));
            }
            f1s[r] = f1();
            accuracies[r] = accuracy();
        }
    }

    private void clear() {
        first.clear();
        second.clear();
    }

    private void add(Pair pair) {
        first.add(pair.truth(), pair.first());
        second.add(pair.truth(), pair.second());
    }

    private double f1() {
        return first.macro(first::f1) - second.macro(second::f1);
    }

    private double accuracy() {
        return first.accuracy() - second.accuracy();
    }

    Estimate f1ByParticle() {
        return estimate(f1, f1s);
    }

    Estimate accuracyByParticle() {
        return estimate(accuracy, accuracies);
    }

    /** Empty for a single tomogram. */
    Optional<Estimate> f1ByTomogram() {
        List<List<Pair>> tomograms = List.copyOf(pairs.stream()
                .collect(Collectors.groupingBy(Pair::tomogram, TreeMap::new, Collectors.toList()))
                .values());
        if (tomograms.size() < 2) {
            return Optional.empty();
        }
        double[] values = new double[bootstrap.resamples()];
        SplittableRandom random = new SplittableRandom(bootstrap.seed());
        for (int r = 0; r < values.length; r++) {
            clear();
            for (int i = 0; i < tomograms.size(); i++) {
                tomograms.get(random.nextInt(tomograms.size())).forEach(this::add);
            }
            values[r] = f1();
        }
        return Optional.of(estimate(f1, values));
    }

    private static Estimate estimate(double value, double[] resampled) {
        double[] interval = Bootstrap.percentiles(resampled);
        return new Estimate(value, interval[0], interval[1]);
    }
}
