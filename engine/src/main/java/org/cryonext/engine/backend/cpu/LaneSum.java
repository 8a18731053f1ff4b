package org.cryonext.engine.backend.cpu;

/**
 * The sum of a vector's lanes in one fixed order. The Vector API's own reduction leaves the order open, and interpreted
 * and compiled code do differ in it, which would change results in the course of a run.
 */
final class LaneSum {
    /** Floats a stored vector takes at most. */
    static final int ROOM = 16;

    private LaneSum() {}

    /** Adds the lanes stored at {@code at} pairwise. */
    static float of(float[] s, int at) {
        return switch (CpuSpecies.LENGTH) {
            case 4 -> four(s, at);
            case 8 -> four(s, at) + four(s, at + 4);
            default -> (four(s, at) + four(s, at + 4)) + (four(s, at + 8) + four(s, at + 12));
        };
    }

    private static float four(float[] s, int at) {
        return (s[at] + s[at + 1]) + (s[at + 2] + s[at + 3]);
    }
}
