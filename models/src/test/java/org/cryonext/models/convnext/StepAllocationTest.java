package org.cryonext.models.convnext;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A step of a whole network allocates nothing, once it is compiled. Each network has a process of its own: where others
 * ran before, the compiler may leave their vectors as objects.
 */
class StepAllocationTest {
    @ParameterizedTest
    @CsvSource({"V1, training", "V2, training", "V1, inference", "V2, inference"})
    @Timeout(300)
    void aStepAllocatesNothing(String version, String program) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--add-modules",
                        "jdk.incubator.vector",
                        "-cp",
                        System.getProperty("java.class.path"),
                        SteppingNetwork.class.getName(),
                        version,
                        program)
                .redirectErrorStream(true)
                .start();
        try {
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(said).endsWith("\n0 bytes in 200 steps\n");
        } finally {
            process.destroyForcibly();
        }
    }
}
