package org.cryonext.cryoet.robustness;

import java.nio.file.Path;
import java.util.List;
import java.util.SequencedMap;

/**
 * What came of it.
 *
 * @param run the run's name
 * @param metadata what was measured, by name
 * @param notes sentences that must be read with the figures
 * @param lines one for each factor
 * @param report the page
 */
public record RobustnessResult(
        String run, SequencedMap<String, String> metadata, List<String> notes, List<Line> lines, Path report) {

    /** Copies the lists. */
    public RobustnessResult {
        notes = List.copyOf(notes);
        lines = List.copyOf(lines);
    }

    /**
     * What was measured against a factor.
     *
     * @param points in the order of their values; exactly one is nominal
     */
    public record Line(Factor factor, List<Point> points) {

        /** Copies the list. */
        public Line {
            points = List.copyOf(points);
        }

        /** Whether size alone stands beside the network at every value. */
        public boolean hasSizeAlone() {
            return points.stream().allMatch(point -> point.measured().sizeAlone() != null);
        }
    }

    /** What was measured under a condition. */
    public record Point(Condition condition, Measured measured) {}
}
