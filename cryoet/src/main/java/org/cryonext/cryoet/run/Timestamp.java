package org.cryonext.cryoet.run;

import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;

/** Dates as cards and reports have them. */
public final class Timestamp {
    private Timestamp() {}

    /** The local date and time, to the second: {@code 2026-11-28T10:26:00}. */
    public static String now() {
        return of(LocalDateTime.now());
    }

    /** A date and time, to the second; a full minute too has its seconds, which {@code toString} leaves out. */
    static String of(LocalDateTime time) {
        return time.truncatedTo(ChronoUnit.SECONDS).format(DateTimeFormatter.ISO_LOCAL_DATE_TIME);
    }
}
