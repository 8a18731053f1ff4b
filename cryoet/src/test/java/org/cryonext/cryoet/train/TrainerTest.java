package org.cryonext.cryoet.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.cryonext.cryoet.dataset.Dataset;
import org.cryonext.cryoet.dataset.Fingerprint;
import org.cryonext.cryoet.dataset.Source;
import org.cryonext.cryoet.export.ExportSettings;
import org.cryonext.cryoet.export.Exporter;
import org.cryonext.cryoet.run.Fusion;
import org.cryonext.cryoet.run.Recipe;
import org.cryonext.cryoet.run.RunFolder;
import org.cryonext.cryoet.run.RunSettings;
import org.cryonext.cryoet.run.SplitBy;
import org.cryonext.cryoet.triplet.Borders;
import org.cryonext.engine.Release;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.cpu.CpuBackend;
import org.cryonext.engine.backend.reference.ReferenceBackend;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.Progress;
import org.cryonext.engine.io.Safetensors;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.models.checkpoint.Checkpoint;
import org.cryonext.models.checkpoint.Preprocessing;
import org.cryonext.models.convnext.ConvNextConfig;
import org.cryonext.models.convnext.Part;
import org.cryonext.models.convnext.Version;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class TrainerTest {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    @TempDir
    private static Path shared;

    @TempDir
    private Path folder;

    private static Path data;
    private static Path init;

    @BeforeAll
    static void makeData() throws IOException {
        data = TinyData.write(shared.resolve("data"), 3, 12);
        init = shared.resolve("init");
        Checkpoint.fresh(
                        ConvNextConfig.of(Version.V1, List.of(1, 1, 1, 1), List.of(4, 6, 8, 10), 5),
                        Preprocessing.imageNet(48),
                        3)
                .write(init);
    }

    /** Fine-tuning in two phases: the head alone for an epoch, then the last stage too. */
    private TrainOptions paper(String name) {
        return paper(data, name);
    }

    private TrainOptions paper(Path place, String name) {
        TrainOptions options = new TrainOptions(place, folder.resolve(name));
        options.init = init;
        options.imageSize = 32;
        options.borders = Borders.PAD;
        options.epochs = 3;
        options.batch = 4;
        options.headRate = 1e-2;
        options.backboneRate = 1e-3;
        options.unfreeze = Map.of(3, 1);
        return options;
    }

    /** Everything from random weights with all that is random or keeps a state of its own. */
    private TrainOptions scratch(String name) {
        TrainOptions options = new TrainOptions(data, folder.resolve(name));
        options.recipe = Recipe.SCRATCH;
        options.depths = List.of(1, 1, 1, 1);
        options.dims = List.of(4, 6, 8, 10);
        options.imageSize = 32;
        options.epochs = 2;
        options.batch = 4;
        options.dropPath = 0.2;
        options.labelSmoothing = 0.1;
        options.ema = 0.9;
        options.classWeights = true;
        return options;
    }

    private static TrainResult train(TrainOptions options) {
        try (Backend backend = new ReferenceBackend()) {
            return Trainer.run(options, Quiet.context(backend));
        }
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

    /** Stops before the n-th question whether to stop. */
    private static TrainResult trainUntil(TrainOptions options, int questions) {
        AtomicInteger asked = new AtomicInteger();
        try (Backend backend = new ReferenceBackend()) {
            return Trainer.run(
                    options,
                    new TrainContext(backend, Progress.none(), text -> {}, () -> asked.incrementAndGet() > questions));
        }
    }

    private static List<JsonNode> lines(RunFolder run, boolean steps) throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        for (String line : Files.readAllLines(run.metrics())) {
            JsonNode node = MAPPER.readTree(line);
            if (node.has("step") == steps) {
                lines.add(node);
            }
        }
        return lines;
    }

    private static List<Double> losses(RunFolder run) throws IOException {
        return lines(run, true).stream()
                .map(line -> line.get("loss").asDouble())
                .toList();
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
        Checkpoint before = Checkpoint.read(init, TinyData.CLASSES, 42);
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

    /** Every write to /dev/full fails as on a full disk. */
    @ParameterizedTest
    @ValueSource(strings = {"best/.model.safetensors.part", "newest/.state.safetensors.part"})
    @EnabledOnOs(value = OS.LINUX, disabledReason = "/dev/full is Linux's")
    void aRunOnAFullDiskSaysSoAndGoesOnToTheSameBits(String full) throws IOException {
        RunFolder expected = train(paper("whole")).run();
        TrainOptions options = paper("full");
        trainUntil(options, 33);
        Path temporary = options.out.resolve(full);
        Files.createDirectories(temporary.getParent());
        Files.createSymbolicLink(temporary, Path.of("/dev/full"));
        TrainOptions again = new TrainOptions(data, options.out);
        again.resume = true;
        assertThatThrownBy(() -> train(again))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith("Cannot write " + temporary.getParent())
                .hasMessageMatching(".*\\.safetensors: .+");
        RunFolder run = train(again).run();
        SameRuns.requireSameCheckpoints(run, expected);
        assertThat(losses(run)).isEqualTo(losses(expected));
    }

    @Test
    void theFrozenPartGivesTheSameBitsKeptOrComputedAgain() throws IOException {
        RunFolder kept = train(paper("kept")).run();
        PreparedRun run = Preparation.begin(paper("again"), "reference", Progress.none());
        try (Backend backend = new ReferenceBackend()) {
            List<Double> again = WholeNetwork.losses(run, backend);
            assertThat(again).hasSize(4).isEqualTo(losses(kept).subList(0, 4));
        }
    }

    @Test
    void anOnnxFileBeginsARunAsTheCheckpointItWasMadeOf() {
        TrainOptions options = paper("from-onnx");
        options.init = options.out.resolveSibling("init.onnx");
        Exporter.run(new ExportSettings(init, null, options.init, null, false, false, true, false), Progress.none());
        Checkpoint initial =
                Preparation.begin(options, "reference", Progress.none()).initial();
        Checkpoint.read(init, TinyData.CLASSES, 42)
                .parameters()
                .forEach((name, value) -> assertThat(
                                initial.parameters().get(name).toFloats())
                        .as(name)
                        .isEqualTo(value.toFloats()));
    }

    @Test
    void weightsThatAreNoNumbersAreRefused() {
        TrainOptions options = paper("from-nan");
        Checkpoint diverged = Checkpoint.read(init);
        diverged.parameters().firstEntry().getValue().set(2, Double.NaN);
        options.init = options.out.resolveSibling("diverged");
        diverged.write(options.init);

        assertThatThrownBy(() -> train(options))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith(options.init + ": of its ")
                .hasMessageContaining("1 are NaN and 0 infinite, the first in "
                        + diverged.parameters().firstEntry().getKey() + ", where finite numbers were expected");
        assertThat(options.out).doesNotExist();
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
                PreparedRun whole = Preparation.begin(paper("whole"), "cpu", Progress.none());
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
    void aLossThatIsNoNumberNamesTheStep() {
        TrainOptions options = paper("nan");
        options.headRate = 1e30;
        options.backboneRate = 1e30;
        options.unfreeze = Map.of(3, 0);
        assertThatThrownBy(() -> train(options))
                .isInstanceOf(InputException.class)
                .hasMessageMatching(
                        "The loss of step \\d+ \\(epoch \\d+, from 0\\) is (NaN|-?Infinity): the training has gone astray.*");
    }

    @Test
    void aRunThatFailsBeforeItsFirstStepLeavesNothing() throws IOException {
        Path broken = TinyData.write(folder.resolve("broken"), 3, 12);
        Path volume = broken.resolve("model_1").resolve("grandmodel.mrc");
        byte[] bytes = Files.readAllBytes(volume);
        // From the middle on there are no numbers.
        Arrays.fill(bytes, bytes.length / 2, bytes.length, (byte) 0xFF);
        Files.write(volume, bytes);
        TrainOptions options = new TrainOptions(broken, folder.resolve("run"));
        options.recipe = Recipe.SCRATCH;
        options.batch = 4;
        options.trainTomograms = List.of("model_0", "model_1");
        options.validationTomograms = List.of("model_2");
        assertThatThrownBy(() -> train(options))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(volume.toString())
                .hasMessageContaining("NaN");
        assertThat(options.out).doesNotExist();
        Files.write(volume, Arrays.copyOf(bytes, 5000));
        assertThatThrownBy(() -> train(options))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("truncated: 5000 bytes");
        assertThat(options.out).doesNotExist();
    }

    @Test
    void whatFailsUnexpectedlyIsLeftToBeLookedAt() {
        TrainOptions options = paper("bug");
        TrainContext context;
        try (Backend backend = new ReferenceBackend()) {
            context = new TrainContext(
                    backend,
                    Progress.none(),
                    text -> {
                        throw new IllegalStateException("a bug");
                    },
                    () -> false);
            assertThatThrownBy(() -> Trainer.run(options, context)).hasMessage("a bug");
        }
        assertThat(options.out).isDirectory();
    }

    @Test
    void aRunWhoseStateIsLostIsNotBegunAnew() throws IOException {
        RunFolder run = train(paper("run")).run();
        Files.delete(run.state());
        byte[] best = Files.readAllBytes(run.best().resolve(Checkpoint.WEIGHTS));
        TrainOptions again = new TrainOptions(data, run.folder());
        again.resume = true;
        assertThatThrownBy(() -> train(again))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith(
                        run.state() + " is missing, but " + run.metrics() + " shows that the run has" + " trained");
        Files.delete(run.metrics());
        assertThatThrownBy(() -> train(again)).hasMessageContaining("is missing, but " + run.best() + " shows");
        assertThat(run.best().resolve(Checkpoint.WEIGHTS)).hasBinaryContent(best);
        assertThat(run.metrics()).doesNotExist();
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

    @Test
    void aRunIsNotResumedOnOtherDataOfTheSameNames() throws IOException {
        Path own = TinyData.write(folder.resolve("own"), 4, 12);
        TrainOptions options = paper(own, "run");
        options.trainTomograms = List.of("model_0", "model_1");
        trainUntil(options, 3);
        Files.move(own.resolve("model_0"), folder.resolve("begun"));
        Files.move(own.resolve("model_3"), own.resolve("model_0"));
        TrainOptions again = new TrainOptions(own, options.out);
        again.resume = true;
        assertThatThrownBy(() -> train(again))
                .isInstanceOf(InputException.class)
                .hasMessage("model_0 of " + own + " is not the tomogram of that name on which the run " + options.out
                        + " was begun: its particles or its volume are others; put it back, or begin another run");
        Files.move(own.resolve("model_0"), own.resolve("model_3"));
        Files.move(folder.resolve("begun"), own.resolve("model_0"));
        assertThat(train(again).end()).isEqualTo(TrainResult.End.COMPLETE);
    }

    @Test
    void aFolderInUseAndOtherSettingsAreRefused() {
        TrainOptions options = paper("run");
        options.epochs = 1;
        train(options);
        assertThatThrownBy(() -> train(options)).hasMessageContaining("holds a run already; continue it with --resume");
        TrainOptions elsewhere = new TrainOptions(folder.resolve("other"), options.out);
        elsewhere.resume = true;
        assertThatThrownBy(() -> train(elsewhere))
                .isInstanceOf(InputException.class)
                .hasMessage("DATA is " + folder.resolve("other") + ", but the run in " + options.out + " was begun with "
                        + data + "; a resumed run keeps its data: give " + data + ", or begin another run");
        TrainOptions otherwiseNamed = new TrainOptions(data.resolve("../data"), options.out);
        otherwiseNamed.resume = true;
        assertThat(train(otherwiseNamed).end()).isEqualTo(TrainResult.End.COMPLETE);
        options.resume = true;
        options.batch = 5;
        assertThatThrownBy(() -> train(options))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("--batch is 5, but the run in")
                .hasMessageContaining("was begun with 4");
        TrainOptions missing = new TrainOptions(data, folder.resolve("nothing"));
        missing.resume = true;
        assertThatThrownBy(() -> train(missing)).hasMessageContaining("no such folder");
    }
}
