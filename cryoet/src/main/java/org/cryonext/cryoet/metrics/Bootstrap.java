package org.cryonext.cryoet.metrics;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Percentile bootstrap by particle: particles are drawn anew with replacement, as many as there are, and every figure is
 * computed on each such resample exactly as on the sample. Source: Efron and Tibshirani, An Introduction to the
 * Bootstrap (1993), chapter 13.
 *
 * <p>All figures follow from true and predicted class alone, so particles are drawn from the confusion matrix's cells:
 * the result depends on the counts and the seed, not on the order of the predictions.
 *
 * @param resamples how many resamples, at least 1
 * @param seed of the random draws; equal seeds give equal intervals
 */
public record Bootstrap(int resamples, long seed) {

    /** 2000 resamples, seed 0. */
    public static final Bootstrap DEFAULT = new Bootstrap(2000, 0);

    /** @throws IllegalArgumentException without resamples */
    public Bootstrap {
        if (resamples < 1) {
            throw new IllegalArgumentException("resamples must be at least 1, not " + resamples);
        }
    }

    /** 2.5 % and 97.5 % percentiles of each figure; the class arrays are indexed [class]. */
    record Intervals(double[] accuracy, double[] precision, double[] recall, double[] f1, double[][] classF1) {}

    Intervals intervals(ConfusionMatrix confusion) {
        int classes = confusion.size();
        int[] cells = cells(confusion);
        double[] accuracy = new double[resamples];
        double[] precision = new double[resamples];
        double[] recall = new double[resamples];
        double[] f1 = new double[resamples];
        double[][] classF1 = new double[classes][resamples];
        SplittableRandom random = new SplittableRandom(seed);
        Tally tally = new Tally(classes);
        for (int r = 0; r < resamples; r++) {
            tally.clear();
            for (int i = 0; i < cells.length; i++) {
                int cell = cells[random.nextInt(cells.length)];
                tally.add(cell / classes, cell % classes);
            }
            accuracy[r] = tally.accuracy();
            precision[r] = tally.macro(tally::precision);
            recall[r] = tally.macro(tally::recall);
            f1[r] = tally.macro(tally::f1);
            for (int k = 0; k < classes; k++) {
                classF1[k][r] = tally.present(k) ? tally.f1(k) : Double.NaN;
            }
        }
        return new Intervals(
                percentiles(accuracy),
                percentiles(precision),
                percentiles(recall),
                percentiles(f1),
                Arrays.stream(classF1).map(Bootstrap::percentiles).toArray(double[][]::new));
    }

    /**
     * Intervals by tomogram: whole tomograms are drawn with replacement, as many as there are, each with all of its
     * particles. Particles of one tomogram share its noise and its specimen, so these intervals are the wider, the honest
     * ones for the next tomogram; with two or three tomograms they are coarse. Source: Field and Welsh 2007, J. R.
     * Statist. Soc. B 69, 369 (the randomised cluster bootstrap).
     *
     * @param tomograms what was counted in each, at least two
     */
    Intervals intervals(List<ConfusionMatrix> tomograms) {
        int classes = tomograms.getFirst().size();
        double[] accuracy = new double[resamples];
        double[] precision = new double[resamples];
        double[] recall = new double[resamples];
        double[] f1 = new double[resamples];
        List<Tally> tallies = tomograms.stream().map(Tally::of).toList();
        SplittableRandom random = new SplittableRandom(seed);
        Tally tally = new Tally(classes);
        for (int r = 0; r < resamples; r++) {
            tally.clear();
            for (int i = 0; i < tallies.size(); i++) {
                tally.add(tallies.get(random.nextInt(tallies.size())));
            }
            accuracy[r] = tally.accuracy();
            precision[r] = tally.macro(tally::precision);
            recall[r] = tally.macro(tally::recall);
            f1[r] = tally.macro(tally::f1);
        }
        return new Intervals(
                percentiles(accuracy), percentiles(precision), percentiles(recall), percentiles(f1), new double[0][]);
    }

    private static int[] cells(ConfusionMatrix confusion) {
        int[] cells = new int[Math.toIntExact(confusion.total())];
        int next = 0;
        for (int truth = 0; truth < confusion.size(); truth++) {
            for (int predicted = 0; predicted < confusion.size(); predicted++) {
                int count = (int) confusion.counts()[truth][predicted];
                Arrays.fill(cells, next, next + count, truth * confusion.size() + predicted);
                next += count;
            }
        }
        return cells;
    }

    /** NaN marks a resample in which the figure does not exist (its class was not drawn); such are left out. */
    static double[] percentiles(double[] values) {
        double[] sorted =
                Arrays.stream(values).filter(v -> !Double.isNaN(v)).sorted().toArray();
        return new double[] {percentile(sorted, 0.025), percentile(sorted, 0.975)};
    }

    /** Linear interpolation between the two nearest ranks, as numpy.percentile does. */
    private static double percentile(double[] sorted, double q) {
        if (sorted.length == 0) {
            return 0;
        }
        double rank = q * (sorted.length - 1);
        int below = (int) rank;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (rank - below) * (sorted[above] - sorted[below]);
    }
}
