package org.cryonext.cryoet.metrics;

import java.util.Arrays;
import java.util.function.IntToDoubleFunction;

/** Counts from which every figure follows: per class the hits, the particles of that class and the predictions of it. */
final class Tally {
    final long[] hits;
    final long[] support;
    final long[] predicted;

    Tally(int classes) {
        hits = new long[classes];
        support = new long[classes];
        predicted = new long[classes];
    }

    static Tally of(ConfusionMatrix confusion) {
        Tally tally = new Tally(confusion.size());
        for (int k = 0; k < confusion.size(); k++) {
            tally.hits[k] = confusion.counts()[k][k];
            tally.support[k] = confusion.support(k);
            tally.predicted[k] = confusion.predicted(k);
        }
        return tally;
    }

    void clear() {
        Arrays.fill(hits, 0);
        Arrays.fill(support, 0);
        Arrays.fill(predicted, 0);
    }

    void add(int truth, int prediction) {
        support[truth]++;
        predicted[prediction]++;
        if (truth == prediction) {
            hits[truth]++;
        }
    }

    /** Adds what another has counted. */
    void add(Tally other) {
        for (int k = 0; k < hits.length; k++) {
            hits[k] += other.hits[k];
            support[k] += other.support[k];
            predicted[k] += other.predicted[k];
        }
    }

    /** Whether the class occurs in the truth or in the predictions: only such classes count in a macro average. */
    boolean present(int k) {
        return support[k] + predicted[k] > 0;
    }

    double precision(int k) {
        return ratio(hits[k], predicted[k]);
    }

    double recall(int k) {
        return ratio(hits[k], support[k]);
    }

    double f1(int k) {
        return ratio(2 * hits[k], support[k] + predicted[k]);
    }

    double accuracy() {
        return ratio(Arrays.stream(hits).sum(), Arrays.stream(support).sum());
    }

    /** Mean of a figure over the classes present. */
    double macro(IntToDoubleFunction figure) {
        double sum = 0;
        int classes = 0;
        for (int k = 0; k < hits.length; k++) {
            if (present(k)) {
                sum += figure.applyAsDouble(k);
                classes++;
            }
        }
        return classes == 0 ? 0 : sum / classes;
    }

    private static double ratio(long part, long whole) {
        return whole == 0 ? 0 : (double) part / whole;
    }
}
