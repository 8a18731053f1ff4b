package org.cryonext.bench.pair;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a process that went wrong said of it. */
public final class LastWords {
    private LastWords() {}

    /**
     * The last line that is not indented: below what went wrong in Java, above it in Python there are the places in the
     * code.
     *
     * @param log what it said
     * @return empty if it said nothing
     */
    public static String of(Path log) throws IOException {
        return Files.readAllLines(log).stream()
                .filter(line -> !line.isBlank() && !Character.isWhitespace(line.charAt(0)))
                .reduce("", (before, last) -> last);
    }
}
