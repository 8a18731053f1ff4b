package org.cryonext.cryoet.card;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.cryonext.cryoet.dataset.DataPlace;
import org.cryonext.cryoet.dataset.Source;
import org.cryonext.cryoet.evaluate.Evaluation;
import org.cryonext.cryoet.evaluate.EvaluationSettings;
import org.cryonext.cryoet.evaluate.Evaluator;
import org.cryonext.cryoet.network.Mirrors;
import org.cryonext.cryoet.run.Channels;
import org.cryonext.cryoet.run.Fusion;
import org.cryonext.cryoet.run.NetworkInput;
import org.cryonext.cryoet.run.Recipe;
import org.cryonext.cryoet.run.TinyRun;
import org.cryonext.cryoet.train.TinyData;
import org.cryonext.cryoet.train.TrainContext;
import org.cryonext.cryoet.train.TrainOptions;
import org.cryonext.cryoet.train.Trainer;
import org.cryonext.cryoet.triplet.Borders;
import org.cryonext.cryoet.triplet.Normalisation;
import org.cryonext.cryoet.triplet.Plane;
import org.cryonext.cryoet.triplet.View;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.cpu.CpuBackend;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.Progress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelCardTest {
    @TempDir
    private Path folder;

    private TrainOptions small(Path data) {
        TrainOptions options = new TrainOptions(data, folder.resolve("run"));
        options.recipe = Recipe.SCRATCH;
        options.depths = List.of(1, 1, 1, 1);
        options.dims = List.of(8, 8, 8, 8);
        options.imageSize = 32;
        return options;
    }

    @Test
    void saysWhatTheRunIsAndAfterAnEvaluationHowGood() throws IOException {
        Path data = TinyData.write(folder.resolve("my data"), 3, 9);
        TrainOptions options = small(data);
        options.epochs = 1;
        options.batch = 4;
        options.seed = 7L;
        options.unfreeze = null;
        Path card = folder.resolve("run/README.md");
        try (Backend backend = new CpuBackend(1)) {
            Trainer.run(options, new TrainContext(backend, Progress.none(), text -> {}, () -> false));
            assertThat(card)
                    .content()
                    .startsWith("# run\n")
                    .contains("tells apart 3 kinds of particles", "large, medium, small")
                    .contains(
                            "| trained on | model_0 |", "| validated on | model_1 |", "| kept for the test | model_2 |")
                    .contains("| seed | 7 |", "Not measured yet")
                    .contains("`./cryonext train '" + data + "' --out " + folder.resolve("run")
                            + " --recipe scratch --depths 1,1,1,1 --dims 8,8,8,8 --image-size 32 --epochs 1 --batch 4"
                            + " --seed 7`")
                    .contains("bit vectors, 1 thread", "| parts that train", "| all from epoch 0 |")
                    .contains("| voxel size | 10.00 Angstrom |", "| particles that train, validate | 9, 9 |")
                    .contains("| contrast | ", "| state | finished |")
                    .doesNotContain("not finished", "STEM", "## Robustness");
            Evaluator.run(EvaluationSettings.of(folder.resolve("run"), data), backend, Progress.none(), text -> {});
            assertThat(card)
                    .content()
                    .doesNotContain("Not measured yet")
                    .containsPattern(
                            "`" + data + "`: \\[model_2]\\(<evaluation>\\) \\| grandmodel, borders pad, fused by logits"
                                    + " \\| 1 \\| 9( \\| 0\\.\\d{4} \\[0\\.\\d{4}, [01]\\.\\d{4}]){4} \\| no \\| `\\./cryonext evaluate "
                                    + folder.resolve("run") + " '" + data + "'`");
            assertThat(card).content().contains("| temperature, calibration error of the validation particles");
            String measured = Files.readString(card);
            Evaluator.run(
                    EvaluationSettings.of(folder.resolve("run"), data).withOut(folder.resolve("elsewhere")),
                    backend,
                    Progress.none(),
                    text -> {});
            assertThat(card)
                    .content()
                    .as("another folder's figures are not the run's")
                    .isEqualTo(measured);
        }
    }

    @Test
    void evaluationsStandBesideEachOtherAndWhatTrainingSawIsMarked() throws IOException {
        Path data = TinyData.write(folder.resolve("data"), 3, 9);
        Path run = TinyRun.write(folder.resolve("run"), data, TinyData.CLASSES);
        Path card = run.resolve("README.md");
        EvaluationSettings test = EvaluationSettings.of(run, data);
        EvaluationSettings all = new EvaluationSettings(
                run,
                DataPlace.of(data),
                List.of("model_0", "model_1", "model_2"),
                null,
                null,
                null,
                null,
                4,
                null,
                true);
        try (Backend backend = new CpuBackend(1)) {
            for (EvaluationSettings one : List.of(test, test, all, test.withMirrors(new Mirrors(2)))) {
                Evaluator.run(one, backend, Progress.none(), text -> {});
            }
        }
        List<String> rows = Files.readAllLines(card).stream()
                .filter(line -> line.startsWith("| `" + data))
                .toList();
        assertThat(rows).as("a row for whatever was measured, and one alone").hasSize(3);
        assertThat(rows.get(0)).startsWith("| `" + data + "`: model_2 | ").contains(" | 1 | 9 | ", " | no | ");
        assertThat(rows.get(1))
                .startsWith("| `" + data + "`: model_0, model_1, model_2 | ")
                .contains(" | 1 | 27 | ", "by tomogram [", "| **trained on** model_0; **validated on** model_1 |")
                .contains("--tomograms model_0,model_1,model_2`");
        assertThat(rows.get(2))
                .as("the report is that of the last")
                .startsWith("| `" + data + "`: [model_2](<evaluation>) | ")
                .contains(" | 2 | 9 | ", "--tta 2`");
        assertThat(card)
                .content()
                .contains("**Caution:** the row of `" + data
                        + "`: model_0, model_1, model_2, grandmodel is no test: **trained on**")
                .containsOnlyOnce("**Caution:**");
    }

    @Test
    void aTrainingThatIsStoppedHasACardAndAStudyOfRobustnessIsLinked() throws IOException {
        Path data = TinyData.write(folder.resolve("data"), 3, 9);
        TrainOptions options = small(data);
        options.epochs = 2;
        options.batch = 4;
        AtomicInteger asked = new AtomicInteger();
        Path card = options.out.resolve("README.md");
        try (Backend backend = new CpuBackend(1)) {
            Trainer.run(
                    options, new TrainContext(backend, Progress.none(), text -> {}, () -> asked.incrementAndGet() > 8));
            assertThat(card)
                    .content()
                    .containsPattern(
                            "\\*\\*The training is not finished:\\*\\* of at most 2 epochs, (0 are|1 is) done\\.")
                    .contains("| state | not finished |");
            TrainOptions rest = new TrainOptions(data, options.out);
            rest.resume = true;
            Files.createDirectories(options.out.resolve("robustness"));
            Files.writeString(options.out.resolve("robustness/robustness.html"), "");
            // An evaluation as earlier versions left it, which is in no list.
            Files.createDirectories(options.out.resolve("evaluation"));
            Files.writeString(options.out.resolve("evaluation/metrics.json"), "{}");
            Trainer.run(rest, new TrainContext(backend, Progress.none(), text -> {}, () -> false));
        }
        assertThat(card)
                .content()
                .doesNotContain("not finished")
                .contains("| state | finished |", "[robustness](<robustness/robustness.html>)")
                .contains("Measured by an earlier version of the program: [evaluation](<evaluation/metrics.json>).");
    }

    @Test
    void aMeanOfProbabilitiesHasNoTemperature() throws IOException {
        Path data = TinyData.write(folder.resolve("data"), 3, 9);
        TrainOptions options = small(data);
        options.epochs = 1;
        options.batch = 4;
        options.fusion = Fusion.PROBABILITIES;
        try (Backend backend = new CpuBackend(1)) {
            Trainer.run(options, new TrainContext(backend, Progress.none(), text -> {}, () -> false));
        }
        assertThat(folder.resolve("run/README.md"))
                .content()
                .contains("| views fused by | probabilities |")
                .doesNotContain("temperature");
    }

    @Test
    void threeViewsMayBeTheChannelsOfAnImageOnTheWholeRoad() throws IOException {
        Path data = TinyData.write(folder.resolve("data"), 3, 9);
        TrainOptions options = small(data);
        options.epochs = 1;
        options.batch = 4;
        options.views = List.of(
                new View(Plane.XY, -2, 3, Normalisation.TOMOGRAM, 32),
                new View(Plane.XY, 0, 3, Normalisation.TOMOGRAM, 32),
                new View(Plane.XY, 2, 3, Normalisation.TOMOGRAM, 32));
        options.channels = Channels.VIEWS;
        try (Backend backend = new CpuBackend(1)) {
            Trainer.run(options, new TrainContext(backend, Progress.none(), text -> {}, () -> false));
            Evaluation evaluation = Evaluator.run(
                    EvaluationSettings.of(folder.resolve("run"), data), backend, Progress.none(), text -> {});
            assertThat(evaluation.images()).as("one image a particle").isEqualTo(9);
        }
        assertThat(folder.resolve("run/README.md"))
                .content()
                .contains("by 1 image of 32 x 32 pixels", "| channels of an image | views |")
                .contains("--views xy:-2:3:tomogram:32,xy:0:3:tomogram:32,xy:2:3:tomogram:32 --channels views");
        options.views = options.views.subList(0, 2);
        assertThatThrownBy(() -> new NetworkInput(
                        options.views,
                        View.SIZE,
                        32,
                        List.of(0.5, 0.5, 0.5),
                        List.of(0.5, 0.5, 0.5),
                        Source.GRANDMODEL,
                        Borders.PAD,
                        Fusion.LOGITS,
                        Channels.VIEWS,
                        null,
                        null))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("there are 2, and a multiple of 3 was expected");
    }
}
