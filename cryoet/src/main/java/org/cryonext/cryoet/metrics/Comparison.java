package org.cryonext.cryoet.metrics;

import java.util.List;
import java.util.Optional;

/**
 * Two classifiers on the same particles; differences are the first's figure less the second's. The intervals are paired:
 * each resample draws particles (or tomograms), and both classifiers are measured on it.
 *
 * @param f1 difference of the macro F1, with its interval by particle
 * @param accuracy difference of the accuracy, with its interval by particle
 * @param f1ByTomogram difference of the macro F1 with its interval by tomogram; empty for a single tomogram
 * @param test whether the two are right equally often
 */
public record Comparison(Estimate f1, Estimate accuracy, Optional<Estimate> f1ByTomogram, McNemar test) {
    /** Of McNemar's test: what would be seen as often where the two were equally good proves no difference. */
    private static final double SIGNIFICANT = 0.05;

    /**
     * Compares two classifications.
     *
     * @param classes number of classes
     * @throws org.cryonext.engine.io.InputException where the two are not of the same particles, or there are none
     */
    public static Comparison of(int classes, List<Prediction> first, List<Prediction> second) {
        List<Pair> pairs = Pair.of(first, second);
        PairedBootstrap bootstrap = new PairedBootstrap(Bootstrap.DEFAULT, classes, pairs);
        return new Comparison(
                bootstrap.f1ByParticle(), bootstrap.accuracyByParticle(), bootstrap.f1ByTomogram(), McNemar.of(pairs));
    }

    /** Compares two classifications; empty where they are not of the same particles. */
    public static Optional<Comparison> ifSameParticles(int classes, List<Prediction> first, List<Prediction> second) {
        return Pair.sameParticles(first, second) ? Optional.of(of(classes, first, second)) : Optional.empty();
    }

    /**
     * Whether the interval of the macro F1's difference, the wider of the two, lies above 0, and McNemar's test agrees: the
     * first alone is right on more particles than the second alone, with p below 0.05.
     */
    public boolean firstIsBetter() {
        return liesAbove() && test.onlyFirst() > test.onlySecond() && test.p() < SIGNIFICANT;
    }

    /** The same for the second. */
    public boolean secondIsBetter() {
        return liesBelow() && test.onlySecond() > test.onlyFirst() && test.p() < SIGNIFICANT;
    }

    /** Whether the interval excludes 0, and McNemar's test does not agree. */
    public boolean contradicted() {
        return (liesAbove() || liesBelow()) && !firstIsBetter() && !secondIsBetter();
    }

    private boolean liesAbove() {
        return Math.min(f1.low(), f1ByTomogram.map(Estimate::low).orElse(f1.low())) > 0;
    }

    private boolean liesBelow() {
        return Math.max(f1.high(), f1ByTomogram.map(Estimate::high).orElse(f1.high())) < 0;
    }
}
