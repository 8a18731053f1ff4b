package org.cryonext.tools.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SimulateCommandTest {
    @TempDir
    Path folder;

    @Test
    void writesTomograms() {
        Path out = folder.resolve("data");
        CommandRun run = CommandRun.of(
                "simulate", out, "--tomograms", 1, "--size", "64,64,64", "--particles", 3, "--seed", 5, "--threads", 1);
        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("Tomograms in " + out + ": 1, each with 3 particles");
        assertThat(out.resolve("model_0/particle_locations.txt")).exists();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--size | 64,64 | is not a size; give three whole numbers X,Y,Z",
                "--size | 32,64,64 | every edge of --size must be between 64 and",
                "--tomograms | 0 | --tomograms 0 must be at least 1",
                "--threads | 0 | expected a whole number of at least 1, not '0'",
                "--snr | -1 | --snr -1.0 must be above 0",
                "--defocus | 0 | --defocus 0.0 must be between 0.1 and 20.0 micrometres",
                "--max-tilt | 90 | --max-tilt 90.0 must be between 10.0 and 80.0 degrees",
                "--seed | x | '--seed'",
            })
    void refusesWrongValuesAsWrongUsage(String option, String value, String message) {
        CommandRun run = CommandRun.of("simulate", folder.resolve("data"), option, value);
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains(message, "Try 'cryonext simulate --help'.");
    }

    @Test
    void saysWhichTemplatesAreMissing() {
        CommandRun run = CommandRun.of("simulate", folder.resolve("data"), "--templates", folder.resolve("nowhere"));
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("nowhere").hasLineCount(1);
        assertThat(run.out()).isEmpty();
        assertThat(folder.resolve("data")).doesNotExist();
    }
}
