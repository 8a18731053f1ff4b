package org.cryonext.tools.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The whole chain of commands on data as small as can be. */
final class ClassifyCommandTest {
    @TempDir
    Path folder;

    @Test
    void simulateTrainClassifyEvaluate() throws IOException {
        Path data = folder.resolve("data");
        Path run = folder.resolve("run");
        CommandRun simulated = CommandRun.of(
                "simulate", data, "--tomograms", 3, "--size", "64,64,64", "--particles", 5, "--threads", 1);
        assertThat(simulated.exitCode()).isZero();
        CommandRun trained = CommandRun.of(
                "train",
                data,
                "--out",
                run,
                "--recipe",
                "scratch",
                "--depths",
                "1,1,1,1",
                "--dims",
                "8,8,8,8",
                "--epochs",
                1,
                "--batch",
                4,
                "--threads",
                1);
        assertThat(trained.err()).isEmpty();
        assertThat(trained.exitCode()).isZero();

        Path list = data.resolve("model_2/particle_locations.txt");
        CommandRun classified = CommandRun.of(
                "classify",
                run,
                data.resolve("model_2/grandmodel.mrc"),
                list,
                "--out",
                folder.resolve("picks.star"),
                "--threads",
                1);
        assertThat(classified.err()).isEmpty();
        assertThat(classified.exitCode()).isZero();
        assertThat(classified.out())
                .contains("5 particles are in " + folder.resolve("picks.star") + " and " + folder.resolve("picks.csv"));
        assertThat(Files.readAllLines(folder.resolve("picks.csv"))).hasSize(6);

        CommandRun evaluated = CommandRun.of(
                "evaluate", run, data, "--tomograms", "model_0,model_2", "--out", folder.resolve("report"));
        assertThat(evaluated.err()).isEmpty();
        assertThat(evaluated.exitCode()).isZero();
        assertThat(evaluated.out())
                .contains("10 particles; in brackets the 95 % interval", "F1, macro", "Note: model_0 was trained on")
                .contains("The report is " + folder.resolve("report/report.html"));

        CommandRun unknown = CommandRun.of("classify", run, data, list, "--select", "dna");
        assertThat(unknown.exitCode()).isEqualTo(1);
        assertThat(unknown.err())
                .contains("Unknown class \"dna\"; the classes are 3cf3, 1s3x")
                .hasLineCount(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "classify | --batch | 0 | expected a whole number of at least 1, not '0'",
                "classify | --voxel-size | -3 | --voxel-size is -3.0, expected Angstrom above 0",
                "classify | --source | movie | expected one of grandmodel, noisefree, reconstruction, not 'movie'",
                "classify | --device | cuda:1,1 | cuda:N,M (each card once), cuda:all, auto, not 'cuda:1,1'",
                "evaluate | --device | gpu | cuda:N,M (each card once), cuda:all, auto, not 'gpu'",
                "evaluate | --borders | cut | expected one of pad, skip, not 'cut'",
                "evaluate | --tomograms | a,a | expected names of tomograms, each once",
            })
    void refusesWrongValuesAsWrongUsage(String command, String option, String value, String message) {
        CommandRun run = command.equals("classify")
                ? CommandRun.of(command, folder, folder, folder, option, value)
                : CommandRun.of(command, folder, folder, option, value);
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains(message, "Try 'cryonext " + command + " --help'.");
    }

    @Test
    void aFolderThatIsNoDemoIsLeftAlone() throws IOException {
        Files.writeString(folder.resolve("thesis.txt"), "all my work");
        CommandRun run = CommandRun.of("demo", "--out", folder);
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("exists and is not a demo").hasLineCount(1);
        assertThat(folder).isDirectoryContaining(path -> path.endsWith("thesis.txt"));
    }
}
