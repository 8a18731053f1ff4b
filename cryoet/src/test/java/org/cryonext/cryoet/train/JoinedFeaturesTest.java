package org.cryonext.cryoet.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.cryonext.cryoet.dataset.DataPlace;
import org.cryonext.cryoet.dataset.Dataset;
import org.cryonext.cryoet.dataset.ShrecTomogram;
import org.cryonext.cryoet.dataset.Source;
import org.cryonext.cryoet.evaluate.Evaluation;
import org.cryonext.cryoet.evaluate.EvaluationSettings;
import org.cryonext.cryoet.evaluate.Evaluator;
import org.cryonext.cryoet.export.ExportSettings;
import org.cryonext.cryoet.export.Exporter;
import org.cryonext.cryoet.metrics.Prediction;
import org.cryonext.cryoet.network.Mirrors;
import org.cryonext.cryoet.network.ParticleSource;
import org.cryonext.cryoet.network.ProfileSource;
import org.cryonext.cryoet.network.Score;
import org.cryonext.cryoet.network.Scorer;
import org.cryonext.cryoet.particle.Particle;
import org.cryonext.cryoet.profile.RadialProfile;
import org.cryonext.cryoet.run.BegunTasks;
import org.cryonext.cryoet.run.Channels;
import org.cryonext.cryoet.run.Fusion;
import org.cryonext.cryoet.run.NetworkInput;
import org.cryonext.cryoet.run.Recipe;
import org.cryonext.cryoet.run.RunFolder;
import org.cryonext.cryoet.triplet.Borders;
import org.cryonext.cryoet.triplet.Placement;
import org.cryonext.cryoet.triplet.SliceCutter;
import org.cryonext.cryoet.triplet.View;
import org.cryonext.cryoet.volume.Volume;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.cpu.CpuBackend;
import org.cryonext.engine.backend.reference.ReferenceBackend;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.Progress;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.models.checkpoint.Checkpoint;
import org.cryonext.models.convnext.ConvNextConfig;
import org.cryonext.models.convnext.HeadInput;
import org.cryonext.models.convnext.Size;
import org.cryonext.models.convnext.Version;
import org.cryonext.models.onnx.OnnxFile;
import org.cryonext.models.onnx.OnnxProgram;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Networks that join the features of a particle's images, whose channels are any number of views. */
final class JoinedFeaturesTest {
    @TempDir
    private static Path shared;

    @TempDir
    private Path folder;

    private static Path data;

    @BeforeAll
    static void makeData() throws IOException {
        data = TinyData.write(shared.resolve("data"), 3, 9);
    }

    /** Three images of two slabs each, of 24 pixels, in patches of two. */
    private TrainOptions options(String name, Fusion fusion) {
        TrainOptions options = new TrainOptions(data, folder.resolve(name));
        options.recipe = Recipe.SCRATCH;
        options.depths = List.of(1, 1, 1, 1);
        options.dims = List.of(4, 6, 8, 10);
        options.patch = 2;
        options.imageSize = 24;
        options.epochs = 2;
        options.batch = 4;
        options.views = View.parse("slabs:2x3:24");
        options.channels = Channels.VIEWS;
        options.colours = 2;
        options.fusion = fusion;
        return options;
    }

    private static RunFolder train(TrainOptions options) {
        try (Backend backend = new ReferenceBackend()) {
            return Trainer.run(options, Quiet.context(backend)).run();
        }
    }

    private static List<Double> losses(RunFolder run) throws IOException {
        List<Double> losses = new ArrayList<>();
        for (String line : Files.readAllLines(run.metrics())) {
            JsonNode node = JsonMapper.shared().readTree(line);
            if (node.has("step")) {
                losses.add(node.get("loss").asDouble());
            }
        }
        return losses;
    }

    @ParameterizedTest
    @EnumSource(names = {"FEATURES", "CONCAT"})
    void walkTheWholeRoad(Fusion fusion) throws IOException {
        RunFolder run = train(options("run", fusion));
        NetworkInput input = run.settings().input();
        assertThat(input.fusion()).isEqualTo(fusion);
        assertThat(List.of(input.images(), input.imageChannels(), input.answers()))
                .containsExactly(3, 2, 1);
        ConvNextConfig config = run.bestCheckpoint().config();
        assertThat(config.channels()).isEqualTo(2);
        assertThat(config.patchSize()).isEqualTo(2);
        assertThat(config.head().images()).isEqualTo(3);
        assertThat(run.bestCheckpoint().parameters().get("classifier.weight").shape())
                .isEqualTo(Shape.of(3, fusion == Fusion.CONCAT ? 30 : 10));
        assertThat(run.bestCheckpoint().preprocessing().mean()).containsExactly(0.5, 0.5);
        assertThat(losses(run)).hasSize(4).doesNotHaveDuplicates().allMatch(Double::isFinite);
        try (Backend backend = new CpuBackend(1)) {
            Evaluation evaluation =
                    Evaluator.run(EvaluationSettings.of(run.folder(), data), backend, Progress.none(), text -> {});
            assertThat(evaluation.images()).isEqualTo(27);
            assertThat(evaluation.predictions()).hasSize(9);
            EvaluationSettings other = new EvaluationSettings(
                    run.folder(), DataPlace.of(data), null, null, null, null, Fusion.LOGITS, 4, null, false);
            assertThatThrownBy(() -> Evaluator.run(other, backend, Progress.none(), text -> {}))
                    .isInstanceOf(InputException.class)
                    .hasMessageStartingWith("--fusion is logits, but the run was trained with ");
        }
    }

    @Test
    void whatIsExportedAnswersAsTheRunDoes() {
        // ONNX Runtime runs what averages probabilities, in ExportedFilesTest.
        for (Fusion fusion : List.of(Fusion.LOGITS, Fusion.FEATURES, Fusion.CONCAT)) {
            RunFolder run = train(options("run-" + fusion, fusion));
            int bytes = run.settings().input().sliceBytes();
            byte[] slices = new byte[2 * bytes];
            new Random(4).nextBytes(slices);
            List<Score> scores;
            try (Backend backend = new ReferenceBackend();
                    Scorer scorer = Scorer.open(run, backend, 2)) {
                scores = scorer.score(
                        2,
                        (particle, out, at) -> System.arraycopy(slices, particle * bytes, out, at, bytes),
                        Progress.none());
            }
            Path file = folder.resolve(fusion + ".onnx");
            Exporter.run(new ExportSettings(run.folder(), null, file, null, false, true, false, true), Progress.none());
            try (OnnxFile onnx = OnnxFile.open(file);
                    Backend backend = new ReferenceBackend()) {
                Map<String, Tensor> inputs = Map.of("slices", Tensor.of(slices, 2, 6, 24, 24));
                float[] found = OnnxProgram.forInputs(onnx, inputs, false)
                        .run(backend, inputs)
                        .get("probabilities")
                        .toFloats();
                for (int p = 0; p < 2; p++) {
                    for (int c = 0; c < 3; c++) {
                        assertThat(found[p * 3 + c])
                                .as("%s of particle %d", fusion, p)
                                .isCloseTo(scores.get(p).probabilities()[c], within(1e-5f));
                    }
                }
            }
        }
        Path joined = folder.resolve("run-CONCAT");
        assertThatThrownBy(() -> Exporter.run(
                        new ExportSettings(joined, null, folder.resolve("x.onnx"), null, false, false, true, false),
                        Progress.none()))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("--single-view takes single images");
    }

    @Test
    void theRadialProfileStandsBesideTheFeatures() throws IOException {
        TrainOptions options = options("run", Fusion.CONCAT);
        options.profile = true;
        options.profileDropout = 0.25;
        RunFolder run = train(options);
        NetworkInput input = run.settings().input();
        assertThat(input.profile().dropout()).isEqualTo(0.25);
        assertThat(run.bestCheckpoint().config().head())
                .isEqualTo(new HeadInput(HeadInput.Features.CONCAT, 3, RadialProfile.LENGTH));
        Checkpoint before = Checkpoint.fresh(
                run.bestCheckpoint().config(), run.bestCheckpoint().preprocessing(), 42);
        assertThat(run.bestCheckpoint()
                        .parameters()
                        .get("profile_classifier.weight")
                        .toFloats())
                .isNotEqualTo(
                        before.parameters().get("profile_classifier.weight").toFloats());
        assertThat(run.folder().resolve("README.md"))
                .content()
                .contains("| radial profile beside the features | yes, a share of 0.25 withheld in training |")
                .contains("--fusion concat --profile --profile-dropout 0.25");

        ShrecTomogram tomogram =
                (ShrecTomogram) Dataset.open(DataPlace.of(data)).tomogram("model_2");
        List<Particle> particles = tomogram.particles().particles();
        float[] profiles = new float[2 * RadialProfile.LENGTH];
        byte[] slices = new byte[2 * input.sliceBytes()];
        List<Score> scores;
        float[] raw = new float[profiles.length];
        try (Volume volume = tomogram.open(Source.GRANDMODEL);
                Backend backend = new ReferenceBackend();
                Scorer scorer = Scorer.open(run, backend, 2)) {
            SliceCutter cutter = input.cutter(volume, Placement.AS_LISTED, Borders.PAD);
            ProfileSource source = ProfileSource.of(input, volume, Placement.AS_LISTED, particles);
            RadialProfile measured = new RadialProfile(volume, Placement.AS_LISTED);
            for (int p = 0; p < 2; p++) {
                cutter.cut(particles.get(p), slices, p * input.sliceBytes());
                source.read(p, profiles, p * RadialProfile.LENGTH);
                double[] profile = measured.of(particles.get(p));
                for (int k = 0; k < profile.length; k++) {
                    raw[p * profile.length + k] = (float) profile[k];
                    assertThat(profiles[p * profile.length + k]).isEqualTo((float)
                            ((profile[k] - input.profile().mean().get(k))
                                    / input.profile().deviation().get(k)));
                }
            }
            scores = scorer.score(
                    2,
                    Mirrors.NONE,
                    (p, axes, out, at) -> cutter.cutMirrored(particles.get(p), axes, out, at),
                    source,
                    Progress.none());
            assertThat(scorer.score(
                                    2,
                                    new Mirrors(4),
                                    (p, axes, out, at) -> cutter.cut(particles.get(p), out, at),
                                    source,
                                    Progress.none())
                            .get(1)
                            .probabilities())
                    .as("four times the same")
                    .containsExactly(
                            Score.of(
                                            scores.get(1).logits(),
                                            input.fusion(),
                                            run.calibration().orElseThrow().temperature(4))
                                    .probabilities(),
                            within(1e-6f));
        }
        try (Backend backend = new CpuBackend(1)) {
            List<Prediction> predictions = Evaluator.run(
                            EvaluationSettings.of(run.folder(), data), backend, Progress.none(), text -> {})
                    .predictions();
            assertThat(predictions.get(0).probabilities())
                    .containsExactly(scores.get(0).probabilities(), within(1e-4f));
        }
        Path file = folder.resolve("network.onnx");
        Exporter.run(new ExportSettings(run.folder(), null, file, null, false, true, false, true), Progress.none());
        try (OnnxFile onnx = OnnxFile.open(file);
                Backend backend = new ReferenceBackend()) {
            Map<String, Tensor> inputs = Map.of(
                    "slices", Tensor.of(slices, 2, 6, 24, 24), "profile", Tensor.of(raw, 2, RadialProfile.LENGTH));
            float[] found = OnnxProgram.forInputs(onnx, inputs, false)
                    .run(backend, inputs)
                    .get("probabilities")
                    .toFloats();
            assertThat(Arrays.copyOfRange(found, 3, 6))
                    .containsExactly(scores.get(1).probabilities(), within(1e-4f));
        }
    }

    /** Profiles take long to read: not for a run that cannot begin, nor for one that is finished. */
    @Test
    void profilesAreReadWhereTheyAreNeeded() {
        TrainOptions options = options("run", Fusion.CONCAT);
        options.profile = true;
        options.epochs = 1;
        options.batch = 1000;
        List<String> tasks = new ArrayList<>();
        Progress progress = new BegunTasks(tasks);
        assertThatThrownBy(() -> Preparation.begin(options, new ReferenceBackend(), progress))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("fewer than one batch of 1000");
        assertThat(tasks).doesNotContain("Radial profiles");
        options.batch = 4;
        Preparation.begin(options, new ReferenceBackend(), progress);
        assertThat(tasks).contains("Radial profiles");
        options.resume = true;
        train(options);
        tasks.clear();
        assertThat(Preparation.resume(options, progress).profiles()).isNull();
        assertThat(tasks).doesNotContain("Radial profiles");
    }

    @Test
    void aProfileNeedsFeaturesToStandBeside() {
        TrainOptions options = options("run", Fusion.LOGITS);
        options.profile = true;
        assertThatThrownBy(() -> train(options))
                .isInstanceOf(InputException.class)
                .hasMessage(
                        "--profile stands beside the features of a particle; give --fusion features or concat with it");
        options.profile = false;
        options.profileDropout = 0.1;
        assertThatThrownBy(() -> train(options))
                .hasMessageContaining("--profile-dropout is for a network with --profile");
    }

    @Test
    void mirroredCubesAreAnsweredByTheMean() {
        RunFolder run = train(options("run", Fusion.CONCAT));
        NetworkInput input = run.settings().input();
        List<Integer> seen = new ArrayList<>();
        ParticleSource source = (p, axes, out, at) -> {
            seen.add(10 * p + axes);
            byte[] bytes = new byte[input.sliceBytes()];
            new Random(10 * p + axes).nextBytes(bytes);
            System.arraycopy(bytes, 0, out, at, bytes.length);
        };
        try (Backend backend = new ReferenceBackend();
                Scorer scorer = Scorer.open(run, backend, 3)) {
            List<Score> scores = scorer.score(3, new Mirrors(8), source, ProfileSource.NONE, Progress.none());
            assertThat(seen.subList(0, 9)).containsExactly(0, 3, 5, 6, 1, 2, 4, 7, 10);
            assertThat(scores).hasSize(3);
            assertThat(scores.get(1).logits()).hasDimensions(8, 3);
            float[] sums = new float[3];
            for (int axes = 0; axes < 8; axes++) {
                int one = axes;
                float[] own = scorer.score(1, (p, out, at) -> source.read(1, one, out, at), Progress.none())
                        .getFirst()
                        .logits()[0];
                for (int c = 0; c < 3; c++) {
                    sums[c] += own[c] / 8;
                }
            }
            double temperature = run.calibration().orElseThrow().temperature(8);
            float[] expected =
                    Score.of(new float[][] {sums}, Fusion.CONCAT, temperature).probabilities();
            assertThat(scores.get(1).probabilities()).containsExactly(expected, within(1e-5f));
        }
        assertThatThrownBy(() -> new Mirrors(3)).hasMessageContaining("--tta is 3, expected 1, 2, 4 or 8");
    }

    @Test
    void theMeanOfFeaturesIsNormalisedAfterItIsTaken() {
        RunFolder run = train(options("run", Fusion.FEATURES));
        Checkpoint joined = run.bestCheckpoint();
        assertThat(joined.config().head()).isEqualTo(new HeadInput(HeadInput.Features.MEAN, 3, 0));
        // Were it normalised before, the mean of features would give the mean of logits.
        Checkpoint single = joined.withHead(HeadInput.IMAGE, 1);
        NetworkInput input = run.settings().input();
        NetworkInput logits = new NetworkInput(
                input.views(),
                input.crop(),
                input.imageSize(),
                input.mean(),
                input.deviation(),
                input.source(),
                input.borders(),
                Fusion.LOGITS,
                input.channels(),
                input.colours(),
                null);
        assertThat(scores(joined, input)[0]).isNotCloseTo(scores(single, logits)[0], within(1e-4f));
    }

    private static float[] scores(Checkpoint checkpoint, NetworkInput input) {
        byte[] slices = new byte[input.sliceBytes()];
        new Random(7).nextBytes(slices);
        try (Backend backend = new ReferenceBackend();
                Scorer scorer = Scorer.open(checkpoint, input, backend, 1)) {
            return scorer.score(1, (p, out, at) -> System.arraycopy(slices, 0, out, at, slices.length), Progress.none())
                    .getFirst()
                    .probabilities();
        }
    }

    @Test
    void aStoppedRunResumesToTheSameBits() throws IOException {
        RunFolder expected = train(options("whole", Fusion.CONCAT));
        TrainOptions options = options("stopped", Fusion.CONCAT);
        AtomicInteger asked = new AtomicInteger();
        try (Backend backend = new ReferenceBackend()) {
            Trainer.run(
                    options,
                    new TrainContext(backend, Progress.none(), text -> {}, () -> asked.incrementAndGet() > 20));
        }
        TrainOptions again = new TrainOptions(data, options.out);
        again.resume = true;
        again.fusion = Fusion.CONCAT;
        again.channels = Channels.VIEWS;
        again.colours = 2;
        SameRuns.requireSameCheckpoints(train(again), expected);
        again.colours = 3;
        assertThatThrownBy(() -> train(again))
                .hasMessageContaining("--channels is views:3, but the run in")
                .hasMessageContaining("was begun with views:2;");
        again.colours = null;
        assertThatThrownBy(() -> train(again)).hasMessageContaining("--channels is views:3, but the run in");
        again.channels = null;
        again.patch = 4;
        assertThatThrownBy(() -> train(again)).hasMessageContaining("--patch is 4, but the run in");
        again.patch = 2;
        again.depths = List.of(1, 1, 1, 1);
        again.dims = List.of(4, 6, 8, 12);
        assertThatThrownBy(() -> train(again)).hasMessageContaining("--dims is [4, 6, 8, 12], but the run in");
        again.depths = null;
        again.dims = null;
        again.size = Size.ATTO;
        assertThatThrownBy(() -> train(again)).hasMessageContaining("--size is atto, but the run in");
        again.size = null;
        again.variant = Version.V1;
        assertThatThrownBy(() -> train(again)).hasMessageContaining("--variant is " + Version.V1 + ", but the run in");
    }

    @Test
    void aNetworkForOtherImagesIsNoBeginning() {
        RunFolder run = train(options("run", Fusion.LOGITS));
        TrainOptions options = new TrainOptions(data, folder.resolve("next"));
        options.recipe = Recipe.SCRATCH;
        options.init = run.best();
        options.imageSize = 32;
        assertThatThrownBy(() -> train(options))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("is for images of 2 channels, but --channels grey has images of 3");
        TrainOptions joined = options("joined", Fusion.CONCAT);
        joined.depths = null;
        joined.dims = null;
        joined.patch = null;
        joined.init = run.best();
        joined.epochs = 1;
        assertThat(train(joined).bestCheckpoint().config().head())
                .isEqualTo(new HeadInput(HeadInput.Features.CONCAT, 3, 0));
    }
}
