package org.cryonext.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Holds docs/dependencies.md to the versions in the parent pom. */
final class DependencyListTest {
    private static final Pattern VERSION = Pattern.compile("<([a-z.]+)\\.version>([^<]+)</");

    @Test
    void everyPinnedVersionIsInTheDocument() throws IOException {
        String document = Files.readString(Path.of("../docs/dependencies.md")).toLowerCase(Locale.ROOT);
        assertThat(VERSION.matcher(Files.readString(Path.of("../pom.xml")))
                        .results()
                        .toList())
                .hasSizeGreaterThan(5)
                .allSatisfy(pin -> assertThat(document.lines()).as(pin.group()).anyMatch(line -> names(line, pin)));
    }

    private static boolean names(String line, MatchResult pin) {
        return line.startsWith("| " + pin.group(1)) && line.contains("| " + pin.group(2) + " |");
    }
}
