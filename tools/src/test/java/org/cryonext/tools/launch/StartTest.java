package org.cryonext.tools.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

final class StartTest {
    private static final int JAVA_11 = 55;

    @Test
    void anOlderJavaCanReadIt() throws IOException {
        try (DataInputStream in = new DataInputStream(Start.class.getResourceAsStream("Start.class"))) {
            assertThat(in.readInt()).isEqualTo(0xCAFEBABE);
            assertThat(in.readUnsignedShort()).as("minor version").isZero();
            assertThat(in.readUnsignedShort()).as("major version").isEqualTo(JAVA_11);
        }
    }

    @Test
    void saysWhichJavaIsMissing() {
        assertThat(Start.refusal(17, "/usr/lib/jvm/java-17"))
                .isEqualTo("CryoNeXt needs JDK 25, and this is Java 17 (/usr/lib/jvm/java-17): install one"
                        + " (https://adoptium.net) and start it by the path of its bin/java");
    }

    @Test
    void goesOnToTheCommandLine() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Start.class.getName(),
                        "--version"))
                .start();
        String out = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor()).isZero();
        assertThat(out).startsWith("CryoNeXt ");
    }
}
