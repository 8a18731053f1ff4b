package org.cryonext.cryoet.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.cryonext.cryoet.dataset.Source;
import org.cryonext.cryoet.triplet.Augmentation;
import org.cryonext.cryoet.triplet.Borders;
import org.cryonext.cryoet.triplet.View;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.optim.Schedule;
import org.cryonext.models.checkpoint.Checkpoint;
import org.cryonext.models.checkpoint.Preprocessing;
import org.cryonext.models.convnext.ConvNextConfig;
import org.cryonext.models.convnext.HeadInput;
import org.cryonext.models.convnext.Part;
import org.cryonext.models.convnext.Version;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RunFolderTest {
    @TempDir
    private Path folder;

    /** Settings with a value of its own in every field that matters for reading back. */
    static RunSettings settings(List<String> classes) {
        NetworkInput input = new NetworkInput(
                View.PAPER,
                View.SIZE,
                64,
                List.of(0.485, 0.456, 0.406),
                List.of(0.229, 0.224, 0.225),
                Source.RECONSTRUCTION,
                Borders.SKIP,
                Fusion.PROBABILITIES);
        DataDivision division = new DataDivision(
                "/data", SplitBy.PARTICLE, List.of("model_0"), List.of("model_0"), List.of("model_1"), null);
        Hyperparameters numbers = new Hyperparameters(
                20,
                32,
                1e-4,
                1e-5,
                0.01,
                true,
                0.5,
                Schedule.Kind.COSINE,
                0.1,
                0.1,
                1,
                0.999,
                List.of(0.25, 0.75),
                Map.of(Part.HEAD, 0, Part.STAGE3, 5),
                true,
                3,
                42,
                null);
        return new RunSettings(
                RunSettings.FORMAT,
                "0.1.0",
                "25",
                "cpu",
                Recipe.PAPER,
                classes,
                input,
                division,
                numbers,
                null,
                null,
                null);
    }

    @Test
    void settingsAreReadAsTheyWereWritten() {
        RunSettings settings = settings(List.of("a", "b"));
        RunFolder.create(folder.resolve("run"), settings);
        RunSettings read = RunFolder.open(folder.resolve("run")).settings();
        assertThat(read).isEqualTo(settings);
        assertThat(read.hyperparameters().trains(Part.STAGE3, 4)).isFalse();
        assertThat(read.hyperparameters().trains(Part.STAGE3, 5)).isTrue();
        assertThat(read.hyperparameters().trains(Part.STAGE2, 9)).isFalse();
    }

    /** What was added since says by its absence that it was not there. */
    @Test
    void runsOfEarlierVersionsAreRead() throws IOException {
        RunFolder run = RunFolder.create(folder.resolve("run"), settings(List.of("a", "b")));
        String text = Files.readString(run.settingsFile());
        String augmentation = """
                {"flips": true, "turns": "Z", "rotate": 0, "spin": 0, "shift": 1, "contrast": 0, "brightness": 0, "noise": 0}""";
        String earlier = text.replace("\"augmentation\" : null", "\"augmentation\" : " + augmentation)
                .replaceAll(",\\s*\"trainShare\" : 1.0,\\s*\"fingerprints\" : \\{ *}", "");
        assertThat(earlier)
                .doesNotContain("wedge", "trainShare", "fingerprints")
                .contains("\"flips\"");
        Files.writeString(run.settingsFile(), earlier);
        assertThat(run.settings().hyperparameters().augmentation())
                .isEqualTo(Augmentation.parse(List.of("flips", "turns=z", "shift=1")));
        assertThat(run.settings().division().trainShare()).isEqualTo(1);
        assertThat(run.settings().division().fingerprints()).isEmpty();
    }

    @Test
    void aCalibrationOfAnEarlierVersionIsOfSingleAnswers() throws IOException {
        RunFolder run = RunFolder.create(folder.resolve("run"), settings(List.of("a", "b")));
        Files.writeString(run.calibrationFile(), """
                {"temperature": 1.5, "particles": 2, "lossBefore": 1, "lossAfter": 0.9, "errorBefore": 0.2, "errorAfter": 0.1,
                 "energies": %s}""".formatted(Collections.nCopies(101, -1.0)));
        Calibration calibration = run.calibration().orElseThrow();
        assertThat(calibration.of(8)).isEmpty();
        assertThat(calibration.temperature(8)).isEqualTo(1.5);
    }

    @Test
    void aDamagedListOfEvaluationsIsNamedWithWhatToDo() throws IOException {
        RunFolder run = RunFolder.create(folder.resolve("run"), settings(List.of("a", "b")));
        assertThat(run.evaluations().evaluations()).isEmpty();
        Files.writeString(run.evaluationsFile(), "{");
        assertThatThrownBy(run::requireEvaluations)
                .isInstanceOf(InputException.class)
                .hasMessageContaining("does not hold the evaluations of a run")
                .hasMessageEndingWith("delete it: each evaluation lists its figures anew");
    }

    @Test
    void aFolderThatIsNoRunIsNamed() throws IOException {
        assertThatThrownBy(() -> RunFolder.open(folder.resolve("missing")))
                .isInstanceOf(InputException.class)
                .hasMessage(folder.resolve("missing")
                        + ": no such folder; give the folder of a run, which cryonext train made with --out");
        assertThatThrownBy(() -> RunFolder.open(folder))
                .hasMessageContaining("is not the folder of a run: it has no run.json");
        Files.writeString(folder.resolve("file"), "");
        assertThatThrownBy(() -> RunFolder.open(folder.resolve("file"))).hasMessageContaining("is a file");
    }

    @Test
    void aSecondRunInOneFolderIsRefused() throws IOException {
        RunFolder.create(folder.resolve("run"), settings(List.of("a")));
        assertThatThrownBy(() -> RunFolder.create(folder.resolve("run"), settings(List.of("a"))))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("holds a run already; continue it with --resume");
        Files.writeString(folder.resolve("precious.txt"), "");
        assertThatThrownBy(() -> RunFolder.create(folder, settings(List.of("a"))))
                .hasMessageContaining("exists and is not an empty folder");
    }

    @Test
    void damagedSettingsAreNamed() throws IOException {
        RunFolder run = RunFolder.create(folder.resolve("run"), settings(List.of("a")));
        String good = Files.readString(run.settingsFile());
        Files.writeString(run.settingsFile(), good.substring(0, good.length() / 2));
        assertThatThrownBy(run::settings)
                .isInstanceOf(InputException.class)
                .hasMessageMatching(
                        ".*run\\.json does not hold the settings of a run: it is no longer JSON at line \\d+,"
                                + " column \\d+; restore the file or train again");
        Files.writeString(run.settingsFile(), good.replace("\"PAPER\"", "\"PAPIER\""));
        assertThatThrownBy(run::settings)
                .hasMessageContaining("recipe is \"PAPIER\", expected one of PAPER, SCRATCH, BEST; restore");
        Files.writeString(run.settingsFile(), good.replace("\"epochs\" : 20", "\"epochs\" : \"many\""));
        assertThatThrownBy(run::settings)
                .hasMessageContaining("hyperparameters.epochs is \"many\", expected a number (int); restore");
        Files.writeString(run.settingsFile(), good.replace("\"epochs\" : 20", "\"epochs\" : [20]"));
        assertThatThrownBy(run::settings)
                .hasMessageContaining("hyperparameters.epochs is missing or has a value of the wrong kind; restore");
        Files.writeString(run.settingsFile(), good.replace("\"format\" : 1", "\"format\" : 7"));
        assertThatThrownBy(run::settings).hasMessageContaining("format 7, this version reads 1");
        Files.writeString(run.settingsFile(), good.replace("\"crop\" : 48", "\"crop\" : 64"));
        assertThatThrownBy(run::settings)
                .hasMessageContaining("A crop of 64 pixels; 48 was expected, or the edge of all views");
        Files.writeString(run.settingsFile(), "null");
        assertThatThrownBy(run::settings)
                .isInstanceOf(InputException.class)
                .hasMessage(run.settingsFile()
                        + " does not hold the settings of a run: it is null; restore the file or train again");
        Files.writeString(run.calibrationFile(), "null");
        assertThatThrownBy(run::calibration)
                .isInstanceOf(InputException.class)
                .hasMessageContaining("does not hold the calibration of a run: it is null");
        Files.writeString(run.settingsFile(), "{\"format\": 1}");
        assertThatThrownBy(run::settings).isInstanceOf(InputException.class);
    }

    @Test
    void aRunWithoutABestCheckpointSaysWhy() {
        RunFolder run = RunFolder.create(folder.resolve("run"), settings(List.of("a", "b")));
        assertThatThrownBy(run::bestCheckpoint)
                .isInstanceOf(InputException.class)
                .hasMessageContaining("has no best checkpoint yet");
        ConvNextConfig config = ConvNextConfig.of(Version.V2, List.of(1, 1, 1, 1), List.of(2, 2, 2, 2), 2);
        Checkpoint.fresh(config.withLabels(List.of("a", "b")), Preprocessing.imageNet(64), 1)
                .write(run.best());
        assertThat(run.bestCheckpoint().config().labels()).containsExactly("a", "b");
        Checkpoint.fresh(config.withLabels(List.of("a", "c")), Preprocessing.imageNet(64), 1)
                .write(run.best());
        assertThatThrownBy(run::bestCheckpoint).hasMessageContaining("the two are of different runs");
        Checkpoint.fresh(
                        config.withHead(new HeadInput(HeadInput.Features.CONCAT, 3, 80))
                                .withLabels(List.of("a", "b")),
                        Preprocessing.imageNet(64),
                        1)
                .write(run.best());
        assertThatThrownBy(run::bestCheckpoint)
                .hasMessage(run.best()
                        + " has a classifier that reads the features of 3 images together and a profile of"
                        + " 80 numbers, but " + run.settingsFile() + " says the features of one image; the two are of"
                        + " different runs");
    }
}
