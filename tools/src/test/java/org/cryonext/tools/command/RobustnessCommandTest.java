package org.cryonext.tools.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RobustnessCommandTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--against | snr,colour | expected one of snr, defocus, picking, wedge, not 'colour'",
                "--size | 256,256 | is not a size; give three whole numbers X,Y,Z",
                "--size | 32,64,64 | every edge of --size must be between 64 and",
                "--tomograms | 0 | --tomograms 0 must be at least 1",
                "--particles | 0 | --particles 0 must be between 1 and",
                "--tta | 3 | --tta is 3, expected 1, 2, 4 or 8 mirrorings",
                "--seed | x | '--seed'",
                "--threads | 0 | expected a whole number of at least 1, not '0'",
            })
    void refusesWrongValuesAsWrongUsage(String option, String value, String message) {
        CommandRun run = CommandRun.of("robustness", folder, option, value);
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains(message, "Try 'cryonext robustness --help'.");
    }

    @Test
    void saysWhatIsNoRun() {
        CommandRun run = CommandRun.of("robustness", folder);
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("is not the folder of a run").hasLineCount(1);
        assertThat(CommandRun.of("robustness").exitCode()).isEqualTo(2);
    }
}
