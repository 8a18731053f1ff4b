package org.cryonext.tools.terminal;

import java.util.Locale;

/** Durations for people. */
final class Durations {
    private Durations() {}

    /** Seconds as 3:20 or 1:03:20. */
    static String text(double seconds) {
        long whole = Math.round(seconds);
        return whole < 3600
                ? String.format(Locale.ROOT, "%d:%02d", whole / 60, whole % 60)
                : String.format(Locale.ROOT, "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60);
    }
}
