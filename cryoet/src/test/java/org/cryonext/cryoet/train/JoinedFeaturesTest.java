package org.cryonext.cryoet.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.cryonext.cryoet.dataset.DataPlace;
import org.cryonext.cryoet.evaluate.Evaluation;
import org.cryonext.cryoet.evaluate.EvaluationSettings;
import org.cryonext.cryoet.evaluate.Evaluator;
import org.cryonext.cryoet.export.ExportSettings;
import org.cryonext.cryoet.export.Exporter;
import org.cryonext.cryoet.network.Score;
import org.cryonext.cryoet.network.Scorer;
import org.cryonext.cryoet.run.Channels;
import org.cryonext.cryoet.run.Fusion;
import org.cryonext.cryoet.run.NetworkInput;
import org.cryonext.cryoet.run.Recipe;
import org.cryonext.cryoet.run.RunFolder;
import org.cryonext.cryoet.triplet.View;
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
                input.colours());
        assertThat(scores(joined, input)[0]).isNotCloseTo(scores(single, logits)[0], within(1e-7f));
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
        assertThatThrownBy(() -> train(again)).hasMessageContaining("--channels views: is 3, but the run in");
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
