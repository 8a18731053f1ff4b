package org.cryonext.engine.backend.cuda.tune;

import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What was measured of the kernels that compute the same.
 *
 * @param usual the one that is used where nothing was measured
 * @param chosen the one to be used
 * @param microseconds how long each took
 * @param failed why others were left out, by their names
 */
public record Measurement(
        String usual, String chosen, SortedMap<String, Double> microseconds, SortedMap<String, String> failed) {
    /** Another kernel must be faster by this to be worth other bits than the usual one's. */
    private static final double WORTH = 0.97;

    /** Copies the maps. */
    public Measurement {
        microseconds = Collections.unmodifiableSortedMap(new TreeMap<>(microseconds));
        failed = Collections.unmodifiableSortedMap(new TreeMap<>(failed));
    }

    /**
     * Chooses the fastest; the usual one if no other is faster by a thirtieth.
     *
     * @param usual is among those that were measured
     */
    public static Measurement of(String usual, Map<String, Double> microseconds, Map<String, String> failed) {
        Map.Entry<String, Double> fastest = microseconds.entrySet().stream()
                .min(Map.Entry.<String, Double>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
                .orElseThrow();
        boolean worth = fastest.getValue() < WORTH * microseconds.get(usual);
        return new Measurement(
                usual, worth ? fastest.getKey() : usual, new TreeMap<>(microseconds), new TreeMap<>(failed));
    }

    /** How many times as long the usual kernel takes. */
    public double gain() {
        return microseconds.get(usual) / microseconds.get(chosen);
    }

    /** Whether it is about these kernels, no more and no fewer. */
    boolean isOf(Collection<String> candidates) {
        return candidates().equals(new HashSet<>(candidates));
    }

    /** Names of all kernels that it is about. */
    Set<String> candidates() {
        Set<String> names = new HashSet<>(microseconds.keySet());
        names.addAll(failed.keySet());
        return names;
    }
}
