package org.cryonext.tools.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TrainCommandTest {
    @TempDir
    Path folder;

    @Test
    void withoutWeightsNorRecipeItNamesTheOtherRecipe() {
        CommandRun run = CommandRun.of("train", folder, "--out", folder.resolve("run"));
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("--init", "--recipe scratch", "Try 'cryonext train --help'.");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--voxel-size | 0 | --voxel-size is 0.0, expected Angstrom above 0",
                "--rescale | 0 | --rescale is 0.0, expected Angstrom above 0",
                "--split | order | expected one of tomogram, particle, not 'order'",
                "--size | giant | expected one of atto, femto",
                "--epochs | 0 | --epochs is 0, expected at least 1",
                "--lr-head | -1 | --lr-head is -1.0, expected a number from 0 on",
                "--unfreeze-epoch | 3:5 | option '--unfreeze-epoch' (STAGE=EPOCH): expected a stage from 0 to 3",
                "--depths | 1,1,1 | --depths is 1,1,1, expected 4 numbers from 1 to 65536, one a stage",
                "--dims | 8,8,8,0 | --dims is 8,8,8,0, expected 4 numbers",
                "--image-size | 31 | --image-size is 31, expected at least 32",
                "--device | cuda:x | expected one of reference, cpu, cuda, cuda:N (N: number of a card), auto, not 'cuda:x'",
                "--device | cuda:0,1 | expected one of reference, cpu, cuda, cuda:N (N: number of a card), auto, not 'cuda:0,1'",
                "--precision | f64 | expected one of f32, tf32, f16, bf16, auto, not 'f64'",
                "--unfreeze-epoch | 4=5 | expected a stage from 0 to 3",
                "--augment | none,flips | --augment is none,flips, expected none alone",
                "--views | oblique | xy, xz, yz or POLAR/AZIMUTH in degrees as the plane",
                "--dims | 4,6,8,10 | --depths and --dims together",
                "--train-share | 0 | --train-share is 0.0, expected a number above 0, to 1 for all",
                "--train-tomograms | model_0,model_0 | --train-tomograms: model_0 is named twice",
                "--train-share | 1.5 | --train-share is 1.5, expected a number above 0, to 1 for all",
            })
    void refusesWrongValuesAsWrongUsage(String option, String value, String message) {
        CommandRun run =
                CommandRun.of("train", folder, "--out", folder.resolve("run"), "--recipe", "scratch", option, value);
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains(message, "Try 'cryonext train --help'.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"tf32", "f16", "BF16"})
    void thePrecisionsOfCardsAreWrongUsageOnTheProcessor(String precision) {
        CommandRun run = onProcessor(precision);
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err())
                .isEqualTo("--precision " + precision.toLowerCase(Locale.ROOT)
                        + " is for NVIDIA cards, and the network would run on cpu, which computes in f32; leave"
                        + " --precision out\nTry 'cryonext train --help'.\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"f32", "auto", "AUTO"})
    void theProcessorsOwnPrecisionMayBeNamed(String precision) {
        CommandRun run = onProcessor(precision);
        assertThat(run.exitCode()).as("there are no data here").isEqualTo(1);
        assertThat(run.err()).contains(folder.toString()).doesNotContain("precision");
    }

    private CommandRun onProcessor(String precision) {
        return CommandRun.of(
                "train",
                folder,
                "--out",
                folder.resolve("run"),
                "--recipe",
                "scratch",
                "--device",
                "cpu",
                "--precision",
                precision);
    }

    @Test
    void saysWhereNothingCanBeKeptForLaterRuns() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        CommandRun run = CommandRun.of(
                "train",
                folder,
                "--out",
                folder.resolve("run"),
                "--recipe",
                "scratch",
                "--frozen-f16",
                "--frozen-cache",
                file);
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err())
                .contains("Cannot write " + file + ": " + file + " is a file, not a folder")
                .hasLineCount(1);
    }

    @Test
    void saysWhatIsNoDataSet() {
        Path nowhere = folder.resolve("nowhere");
        CommandRun run = CommandRun.of("train", nowhere, "--out", folder.resolve("run"), "--recipe", "scratch");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains(nowhere.toString()).hasLineCount(1);
    }
}
