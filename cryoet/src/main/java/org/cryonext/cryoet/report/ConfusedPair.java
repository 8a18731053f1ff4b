package org.cryonext.cryoet.report;

import java.util.List;

/**
 * Particles of a class that were taken for another.
 *
 * @param truth id of their true class
 * @param predicted id of the class that was predicted for them
 * @param count how many they are
 * @param support particles of the true class
 * @param confused some of them
 * @param right particles of the two classes that were recognised, to compare with; one of each where there is one
 */
public record ConfusedPair(
        int truth, int predicted, long count, long support, List<SampleTriplet> confused, List<SampleTriplet> right) {

    /** Copies the lists. */
    public ConfusedPair {
        confused = List.copyOf(confused);
        right = List.copyOf(right);
    }
}
