package org.cryonext.bench.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.Progress;
import org.cryonext.models.convnext.ConvNextConfig;
import org.cryonext.models.convnext.Version;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

class RecipeBenchmarkTest {
    @TempDir
    private Path folder;

    private static RecipeSettings settings(Path python, boolean spread) {
        ConvNextConfig config = ConvNextConfig.of(Version.V1, List.of(1, 1, 2, 1), List.of(8, 12, 16, 20), 12);
        return new RecipeSettings("convnext-test", config, 12, 2, 1, 4, 40, 2, python, spread);
    }

    @Test
    void aWholeTrainingIsMeasuredAlone() {
        RecipeRow row = RecipeBenchmark.run(settings(null, false), Progress.none());
        TimedTraining training = row.trainings().getFirst();
        assertThat(row.ours()).isCloseTo(3 * 12 * 2 / training.seconds(), within(1e-9));
        assertThat(training.peakMegabytes()).isBetween(20.0, 2000.0);
        assertThat(row.peaks()).hasSize(2).allSatisfy(peak -> assertThat(peak).isPositive());
        assertThat(row.ratioTorch()).isNull();
    }

    @Test
    @EnabledIfSystemProperty(
            named = "cryonext.python",
            matches = ".+",
            disabledReason = "-Dcryonext.python=PATH names no Python that has torch and transformers")
    void pyTorchTrainsTheSame() {
        RecipeRow row =
                RecipeBenchmark.run(settings(Path.of(System.getProperty("cryonext.python")), true), Progress.none());
        assertThat(row.trainings()).hasSize(3);
        assertThat(row.firstSteps()).isLessThan(1e-4);
        assertThat(row.epochMeans()).isLessThan(1e-4);
        assertThat(row.torchSpread()).isLessThan(1e-4);
    }

    @Test
    void lossesAreComparedStepByStepAndEpochByEpoch() throws Exception {
        Path run = folder.resolve("metrics.jsonl");
        Files.writeString(run, """
                {"epoch": 0, "step": 0, "loss": 2.0}
                {"epoch": 0, "step": 1, "loss": 1.0}
                {"epoch": 0, "train_loss": 1.5, "val_loss": 4.0}
                {"epoch": 1, "step": 2, "loss": 1.0}
                {"epoch": 1, "step": 3, "loss": 1.0}
                {"epoch": 1, "train_loss": 1.0, "val_loss": 2.0}
                """);
        Path reference = folder.resolve("reference.json");
        Files.writeString(
                reference, "{\"losses\": [2.5, 1.0, 1.0, 2.0], \"val_loss\": [4.0, 2.5], \"val_accuracy\": [0, 0]}");
        Losses ours = Losses.ofRun(run);
        Losses theirs = Losses.ofReference(reference);
        assertThat(ours.firstSteps(theirs, 3)).isCloseTo(0.2, within(1e-12));
        assertThat(ours.firstSteps(theirs, 60)).isEqualTo(0.5);
        // Means 1.5 and 1 beside 1.75 and 1.5; validation 2 beside 2.5.
        assertThat(ours.epochs(theirs)).isCloseTo(1 / 3.0, within(1e-12));
    }

    @Test
    void aProgramThatFailsIsQuoted() {
        assertThatThrownBy(() -> TimedTraining.run(
                        "Stand-in",
                        List.of("sh", "-c", "echo 'no torch here'; exit 3"),
                        Map.of(),
                        folder.resolve("log")))
                .isInstanceOf(InputException.class)
                .hasMessage("Stand-in ended with exit code 3, and said last: no torch here");
    }

    @Test
    void aSpreadNeedsTwoTrainingsOfPyTorch() {
        assertThatThrownBy(() -> settings(null, true))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith("--spread lays a training of PyTorch with one thread beside");
    }
}
