package org.cryonext.bench.pair;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * What one program reached in one pair.
 *
 * @param program name, version and settings
 * @param median images a second, of all runs
 * @param slowest images a second of the slowest run
 * @param fastest images a second of the fastest run
 * @param runs how many were timed
 * @param peakMegabytes largest resident memory of its process, 1e6 bytes; 0 where the system does not tell
 * @param firstSeconds from the start of the process to its first results: those of one inference, or of three steps
 */
public record Speed(
        String program,
        double median,
        double slowest,
        double fastest,
        int runs,
        @JsonProperty("peak_megabytes") double peakMegabytes,
        @JsonProperty("first_seconds") double firstSeconds) {

    static Speed of(String program, int images, List<Long> nanos, double peakMegabytes, double firstSeconds) {
        double[] sorted =
                nanos.stream().mapToDouble(n -> images * 1e9 / n).sorted().toArray();
        int n = sorted.length;
        double median = (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
        return new Speed(program, median, sorted[0], sorted[n - 1], n, peakMegabytes, firstSeconds);
    }
}
