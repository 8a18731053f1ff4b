package org.cryonext.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class ReleaseTest {
    @Test
    void theVersionIsThePoms() throws IOException {
        assertThat(Release.version()).matches("\\d+\\.\\d+\\.\\d+.*");
        assertThat(Files.readString(Path.of("pom.xml"))).contains("<version>" + Release.version() + "</version>");
    }
}
