package org.cryonext.cryoet.report;

import java.util.List;

/**
 * How many particles of each class a set has.
 *
 * @param set the set's name, for instance {@code train}
 * @param counts in the order of the class ids
 */
public record ClassCounts(String set, List<Long> counts) {

    /** Copies the list. */
    public ClassCounts {
        counts = List.copyOf(counts);
    }

    long total() {
        return counts.stream().mapToLong(Long::longValue).sum();
    }
}
