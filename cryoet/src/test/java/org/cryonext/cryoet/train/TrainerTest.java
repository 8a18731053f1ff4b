package org.cryonext.cryoet.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.cryonext.cryoet.train.TinyTraining.lines;
import static org.cryonext.cryoet.train.TinyTraining.losses;
import static org.cryonext.cryoet.train.TinyTraining.train;
import static org.cryonext.cryoet.train.TinyTraining.trainUntil;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.cryonext.cryoet.dataset.Dataset;
import org.cryonext.cryoet.dataset.Fingerprint;
import org.cryonext.cryoet.dataset.Source;
import org.cryonext.cryoet.export.ExportSettings;
import org.cryonext.cryoet.export.Exporter;
import org.cryonext.cryoet.run.Fusion;
import org.cryonext.cryoet.run.RunFolder;
import org.cryonext.cryoet.run.RunSettings;
import org.cryonext.cryoet.run.SplitBy;
import org.cryonext.engine.Release;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.cpu.CpuBackend;
import org.cryonext.engine.backend.reference.ReferenceBackend;
import org.cryonext.engine.io.Progress;
import org.cryonext.engine.io.Safetensors;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.models.checkpoint.Checkpoint;
import org.cryonext.models.convnext.Part;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What a run makes, stopped or not. How it refuses is in {@link TrainerRefusalTest}. */
final class TrainerTest {
    @TempDir
    private static Path shared;

    @TempDir
    private Path folder;

    private static TinyTraining tiny;
    private static Path data;

    @BeforeAll
    static void makeData() throws IOException {
        tiny = TinyTraining.make(shared);
        data = tiny.data();
    }

    private TrainOptions paper(String name) {
        return tiny.paper(folder.resolve(name));
    }

    private TrainOptions scratch(String name) {
        return tiny.scratch(folder.resolve(name));
    }

    @Test
    void nothingIsSaidOfTheSlicesOfARunThatIsComplete() {
        TrainOptions options = paper("complete");
        options.epochs = 1;
        train(options);
        TrainOptions again = new TrainOptions(data, options.out);
        again.resume = true;
        List<String> said = new ArrayList<>();
        try (Backend backend = new ReferenceBackend()) {
            Trainer.run(again, new TrainContext(backend, Progress.none(), said::add, () -> false));
        }
        assertThat(said).containsExactly("The run in " + options.out + " is complete; there is nothing to resume");
    }

    /** What is said of an epoch stands behind its progress, which a file shows in a line at its end. */
    @Test
    void anEpochsProgressEndsBeforeItIsSummedUp() {
        List<String> shown = new ArrayList<>();
        Progress progress = new Progress() {
            private String task;

            @Override
            public void start(String newTask, long total, String unit) {
                finish();
                task = newTask;
            }

            @Override
            public void advance(long n) {}

            @Override
            public void note(String extra) {}

            @Override
            public void finish() {
                if (task != null) {
                    shown.add(task);
                }
                task = null;
            }
        };
        try (Backend backend = new ReferenceBackend()) {
            Trainer.run(paper("lines"), new TrainContext(backend, progress, shown::add, () -> false));
        }
        assertThat(shown.stream()
                        .filter(text -> text.startsWith("Epoch ") || text.startsWith("What is frozen"))
                        .map(text -> text.replaceFirst("[:,].*", "").replaceFirst(" is computed.*", "")))
                .containsExactly(
                        "What is frozen from epoch 0 on",
                        "Epoch 0 of 0 to 2",
                        "Epoch 0",
                        "What is frozen from epoch 1 on",
                        "Epoch 1 of 0 to 2",
                        "Epoch 1",
                        "Epoch 2 of 0 to 2",
                        "Epoch 2");
    }

    @Test
    void theOnlyEpochIsNoneOfSeveral() {
        assertThat(TrainingLines.title(0, 1)).isEqualTo("Epoch 0");
        assertThat(TrainingLines.title(1, 3)).isEqualTo("Epoch 1 of 0 to 2");
    }

    @Test
    void aRunLeavesSettingsFiguresAndCheckpoints() throws IOException {
        List<String> said = new ArrayList<>();
        TrainOptions options = paper("run");
        options.dumpParticles = 5;
        TrainResult result;
        try (Backend backend = new ReferenceBackend()) {
            result = Trainer.run(options, new TrainContext(backend, Progress.none(), said::add, () -> false));
        }
        assertThat(result.end()).isEqualTo(TrainResult.End.COMPLETE);
        RunFolder run = RunFolder.open(options.out);
        RunSettings settings = run.settings();
        assertThat(settings.classes()).isEqualTo(TinyData.CLASSES);
        assertThat(settings.device()).isEqualTo("reference");
        assertThat(settings.version()).isEqualTo(Release.version());
        assertThat(said)
                .as("epochs count from 0, as in metrics.jsonl and --unfreeze-epoch")
                .anyMatch(text -> text.startsWith("Epoch 0: training loss"))
                .noneMatch(text -> text.startsWith("Epoch 3"));
        assertThat(settings.division().splitBy()).isEqualTo(SplitBy.PARTICLE);
        assertThat(settings.division().train()).containsExactly("model_0", "model_1");
        assertThat(settings.division().test()).containsExactly("model_2");
        Dataset dataset = Dataset.open(options.data);
        assertThat(settings.division().fingerprints()).containsOnlyKeys("model_0", "model_1", "model_2");
        settings.division()
                .fingerprints()
                .forEach((name, fingerprint) ->
                        assertThat(fingerprint).isEqualTo(Fingerprint.of(dataset.tomogram(name), Source.GRANDMODEL)));
        assertThat(settings.input().fusion()).isEqualTo(Fusion.LOGITS);
        assertThat(settings.hyperparameters().unfreeze()).isEqualTo(Map.of(Part.HEAD, 0, Part.STAGE3, 1));

        // 24 particles, of which 19 train: 4 full batches an epoch.
        assertThat(result.steps()).isEqualTo(12);
        List<JsonNode> steps = lines(run, true);
        assertThat(steps).hasSize(12);
        for (int i = 0; i < steps.size(); i++) {
            assertThat(steps.get(i).propertyNames())
                    .containsExactly("epoch", "step", "loss", "lr_head", "lr_backbone", "images_per_second");
            assertThat(steps.get(i).get("step").asInt()).isEqualTo(i);
            assertThat(steps.get(i).get("epoch").asInt()).isEqualTo(i / 4);
            assertThat(steps.get(i).get("lr_head").asDouble()).isEqualTo(1e-2);
            assertThat(steps.get(i).get("lr_backbone").asDouble()).isEqualTo(i < 4 ? 0 : 1e-3);
        }
        List<JsonNode> epochs = lines(run, false);
        assertThat(epochs).hasSize(3);
        assertThat(epochs.getFirst().propertyNames())
                .containsExactly(
                        "epoch", "train_loss", "train_accuracy", "val_loss", "val_accuracy", "best", "seconds");
        assertThat(epochs.getFirst().get("train_loss").asDouble())
                .isEqualTo(losses(run).subList(0, 4).stream()
                        .mapToDouble(Double::doubleValue)
                        .average()
                        .orElseThrow());
        String size = ", [\\d,]+ of [\\d,]+ parameters train, and the part of the network that is frozen gives \\d+ MiB"
                + " for 19 training and 5 validation particles";
        assertThat(said.stream()
                        .filter(text -> text.startsWith("Epoch ") || text.contains("frozen"))
                        .map(text -> text.replaceFirst(":.*", ":")))
                .as("sizes of all phases first, then what happens")
                .satisfiesExactly(
                        text -> assertThat(text).matches("From epoch 0 on" + size),
                        text -> assertThat(text).matches("From epoch 1 on" + size),
                        text -> assertThat(text)
                                .isEqualTo("What is frozen from epoch 0 on is computed once and kept in memory"),
                        text -> assertThat(text).isEqualTo("Epoch 0:"),
                        text -> assertThat(text)
                                .isEqualTo("What is frozen from epoch 1 on is computed once and kept in memory"),
                        text -> assertThat(text).isEqualTo("Epoch 1:"),
                        text -> assertThat(text).isEqualTo("Epoch 2:"));
        assertThat(Files.exists(run.cache())).isFalse();

        try (Safetensors dump = Safetensors.open(run.particles())) {
            assertThat(dump.tensor("slices").shape()).isEqualTo(Shape.of(5, 3, 48, 48));
            assertThat(dump.tensor("x").shape()).isEqualTo(Shape.of(5, 3, 3, 32, 32));
            assertThat(dump.tensor("labels").shape()).isEqualTo(Shape.of(5));
        }
        requireOnlyTrained(run);
    }

    /** Stem, first stages and the final norm keep the bits they began with. */
    private static void requireOnlyTrained(RunFolder run) {
        Checkpoint before = Checkpoint.read(tiny.init(), TinyData.CLASSES, 42);
        Checkpoint after = Checkpoint.read(run.newest());
        before.parameters().forEach((name, value) -> {
            boolean trains = name.contains("stages.3") || name.startsWith("classifier");
            boolean equal =
                    Arrays.equals(value.toFloats(), after.parameters().get(name).toFloats());
            assertThat(equal).as(name).isEqualTo(!trains);
        });
    }

    @Test
    void aStoppedRunResumesToTheSameBits() throws IOException {
        for (boolean paper : new boolean[] {true, false}) {
            String name = paper ? "paper" : "scratch";
            TrainOptions whole = paper ? paper(name) : scratch(name);
            RunFolder expected = train(whole).run();
            // It is asked for each of 24 slices, for each of 7 batches of the frozen part in each of paper's phases,
            // and
            // for each step: stops come while slices are cut, in the frozen part, and early and late in epochs.
            for (int stop : paper ? new int[] {3, 27, 33, 39, 44} : new int[] {3, 25, 29}) {
                TrainOptions options = paper ? paper(name + stop) : scratch(name + stop);
                TrainResult stopped = trainUntil(options, stop);
                assertThat(stopped.end()).isEqualTo(TrainResult.End.STOPPED);
                TrainOptions again = new TrainOptions(data, options.out);
                again.resume = true;
                TrainResult result = train(again);
                assertThat(result.end()).isEqualTo(TrainResult.End.COMPLETE);
                SameRuns.requireSameCheckpoints(result.run(), expected);
                assertThat(losses(result.run())).isEqualTo(losses(expected));
                assertThat(lines(result.run(), false)).hasSameSizeAs(lines(expected, false));
            }
        }
    }

    @Test
    void stepsAfterTheLastSaveAreCutOffAndMadeAgain() throws IOException {
        RunFolder expected = train(paper("whole")).run();
        TrainOptions options = paper("killed");
        trainUntil(options, 33);
        RunFolder run = RunFolder.open(options.out);
        // As after a kill: lines beyond the state, a half one among them, and weights newer than it.
        String metrics = Files.readString(run.metrics());
        Files.writeString(run.metrics(), metrics + "{\"epoch\":1,\"step\":99,\"loss\":1}\n{\"epoch\":1,\"st");
        Files.copy(
                expected.newest().resolve(Checkpoint.WEIGHTS),
                run.newest().resolve(Checkpoint.WEIGHTS),
                StandardCopyOption.REPLACE_EXISTING);
        TrainOptions again = new TrainOptions(data, options.out);
        again.resume = true;
        train(again);
        SameRuns.requireSameCheckpoints(run, expected);
        assertThat(losses(run)).isEqualTo(losses(expected));
    }

    @Test
    void theFrozenPartGivesTheSameBitsKeptOrComputedAgain() throws IOException {
        RunFolder kept = train(paper("kept")).run();
        PreparedRun run = Preparation.begin(paper("again"), new ReferenceBackend(), Progress.none());
        try (Backend backend = new ReferenceBackend()) {
            List<Double> again = WholeNetwork.losses(run, backend);
            assertThat(again).hasSize(4).isEqualTo(losses(kept).subList(0, 4));
        }
    }

    @Test
    void anOnnxFileBeginsARunAsTheCheckpointItWasMadeOf() {
        TrainOptions options = paper("from-onnx");
        options.init = options.out.resolveSibling("init.onnx");
        Exporter.run(
                new ExportSettings(tiny.init(), null, options.init, null, false, false, true, false), Progress.none());
        Checkpoint initial = Preparation.begin(options, new ReferenceBackend(), Progress.none())
                .initial();
        Checkpoint.read(tiny.init(), TinyData.CLASSES, 42)
                .parameters()
                .forEach((name, value) -> assertThat(
                                initial.parameters().get(name).toFloats())
                        .as(name)
                        .isEqualTo(value.toFloats()));
    }

    @Test
    void theBitsDependNeitherOnThreadsNorOnWhatIsKept() throws IOException {
        for (boolean paper : new boolean[] {true, false}) {
            RunFolder[] runs = new RunFolder[2];
            for (int threads = 1; threads <= 2; threads++) {
                String name = (paper ? "paper" : "scratch") + threads;
                try (Backend backend = new CpuBackend(threads)) {
                    TrainContext context = Quiet.context(backend, threads == 2);
                    runs[threads - 1] = Trainer.run(paper ? paper(name) : scratch(name), context)
                            .run();
                }
            }
            SameRuns.requireSameCheckpoints(runs[0], runs[1]);
            assertThat(losses(runs[0])).isEqualTo(losses(runs[1]));
            if (paper) {
                PreparedRun whole = Preparation.begin(paper("whole"), new ReferenceBackend(), Progress.none());
                try (Backend backend = new CpuBackend(2)) {
                    assertThat(WholeNetwork.losses(whole, backend))
                            .isEqualTo(losses(runs[0]).subList(0, 4));
                }
            }
        }
    }

    @Test
    void validationStopsARunThatNoLongerImproves() throws IOException {
        TrainOptions options = paper("early");
        options.epochs = 9;
        options.headRate = 0.0;
        options.backboneRate = 0.0;
        options.weightDecay = 0.0;
        options.patience = 2;
        TrainResult result = train(options);
        assertThat(result.end()).isEqualTo(TrainResult.End.EARLY_STOP);
        assertThat(result.epochs()).isEqualTo(3);
        assertThat(result.bestEpoch()).isZero();
        List<JsonNode> epochs = lines(result.run(), false);
        assertThat(epochs).extracting(line -> line.get("best").asBoolean()).containsExactly(true, false, false);
        TrainOptions again = new TrainOptions(data, options.out);
        again.resume = true;
        assertThat(train(again).steps()).isEqualTo(result.steps());
    }

    @Test
    void aRunThatWasKilledInItsFirstStepsBeginsThemAgain() throws IOException {
        RunFolder expected = train(paper("whole")).run();
        TrainOptions options = paper("killed");
        trainUntil(options, 3);
        RunFolder run = RunFolder.open(options.out);
        // As after a kill in the first epoch: steps in the log, nothing saved since the beginning.
        Files.writeString(run.metrics(), "{\"epoch\":0,\"step\":0,\"loss\":1}\n{\"epoch\":0,\"st");
        TrainOptions again = new TrainOptions(data, options.out);
        again.resume = true;
        train(again);
        SameRuns.requireSameCheckpoints(run, expected);
        assertThat(losses(run)).isEqualTo(losses(expected));
    }
}
