package org.cryonext.engine.backend.cuda.tune;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

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
        String chosen = ordered(usual, microseconds).getFirst();
        return new Measurement(usual, chosen, new TreeMap<>(microseconds), new TreeMap<>(failed));
    }

    private static List<String> ordered(String usual, Map<String, Double> microseconds) {
        double worth = WORTH * microseconds.get(usual);
        Stream<String> faster = microseconds.entrySet().stream()
                .filter(entry -> entry.getValue() < worth)
                .sorted(Map.Entry.<String, Double>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
                .map(Map.Entry::getKey);
        return Stream.concat(faster, Stream.of(usual)).toList();
    }

    /** Those that are worth other bits than the usual one's, the fastest first, and then that: not all may be there. */
    public List<String> order() {
        return ordered(usual, microseconds);
    }

    /** Adds what another measurement has of kernels that this one is not about; of the others this one holds. */
    Measurement with(Measurement other) {
        SortedMap<String, Double> times = new TreeMap<>(other.microseconds);
        SortedMap<String, String> failures = new TreeMap<>(other.failed);
        times.keySet().removeAll(failed.keySet());
        failures.keySet().removeAll(microseconds.keySet());
        times.putAll(microseconds);
        failures.putAll(failed);
        return of(usual, times, failures);
    }

    /** How many times as long the usual kernel takes. */
    public double gain() {
        return microseconds.get(usual) / microseconds.get(chosen);
    }

    /** Whether it is about all of these kernels. */
    boolean covers(Collection<String> candidates) {
        return candidates.stream().allMatch(name -> microseconds.containsKey(name) || failed.containsKey(name));
    }
}
