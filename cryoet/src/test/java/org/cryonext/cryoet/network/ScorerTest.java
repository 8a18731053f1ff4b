package org.cryonext.cryoet.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.cryonext.cryoet.dataset.Source;
import org.cryonext.cryoet.run.Fusion;
import org.cryonext.cryoet.run.NetworkInput;
import org.cryonext.cryoet.run.RunFolder;
import org.cryonext.cryoet.run.TinyRun;
import org.cryonext.cryoet.triplet.Borders;
import org.cryonext.cryoet.triplet.View;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.reference.ReferenceBackend;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.Progress;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.models.checkpoint.Checkpoint;
import org.cryonext.models.checkpoint.Preprocessing;
import org.cryonext.models.convnext.ConvNextConfig;
import org.cryonext.models.convnext.Version;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ScorerTest {
    private static final List<Double> HALF = List.of(0.5, 0.5, 0.5);
    private static final NetworkInput INPUT =
            new NetworkInput(View.PAPER, 48, 48, HALF, HALF, Source.GRANDMODEL, Borders.PAD, Fusion.LOGITS);
    private static final Checkpoint CHECKPOINT = Checkpoint.fresh(
            ConvNextConfig.of(Version.V2, List.of(1, 1, 1, 1), List.of(4, 6, 8, 10), 3), Preprocessing.imageNet(48), 7);

    private static void noise(int particle, byte[] out, int at) {
        byte[] bytes = new byte[INPUT.sliceBytes()];
        new Random(particle).nextBytes(bytes);
        System.arraycopy(bytes, 0, out, at, bytes.length);
    }

    private static List<Score> scores(NetworkInput input, int batch, int count) {
        try (Backend backend = new ReferenceBackend();
                Scorer scorer = Scorer.open(CHECKPOINT, input, backend, batch)) {
            return scorer.score(count, ScorerTest::noise, Progress.none());
        }
    }

    @Test
    void theBatchChangesNothingNorDoesAPartlyFilledOne() {
        List<Score> one = scores(INPUT, 1, 5);
        List<Score> two = scores(INPUT, 2, 5);
        assertThat(two).hasSize(5);
        for (int i = 0; i < 5; i++) {
            assertThat(two.get(i).probabilities()).isEqualTo(one.get(i).probabilities());
            assertThat(two.get(i).logits()).isDeepEqualTo(one.get(i).logits());
        }
        assertThat(one.get(0).probabilities()).isNotEqualTo(one.get(1).probabilities());
        assertThat(scores(INPUT, 4, 0)).isEmpty();
    }

    @Test
    void viewsAreFusedByLogitsOrByProbabilities() {
        float[][] logits = {{0, 2}, {0, -1}};
        double mean = 1 / (1 + Math.exp(-0.5));
        assertThat(Score.of(logits, Fusion.LOGITS, 1).probabilities()[1]).isCloseTo((float) mean, within(1e-6f));
        double sum = (1 / (1 + Math.exp(-2)) + 1 / (1 + Math.exp(1))) / 2;
        assertThat(Score.of(logits, Fusion.PROBABILITIES, 1).probabilities()[1]).isCloseTo((float) sum, within(1e-6f));
        assertThat(Score.of(logits, Fusion.LOGITS, 1).predicted()).isEqualTo(1);
        assertThat(scores(INPUT.withFusion(Fusion.PROBABILITIES), 2, 1)
                        .getFirst()
                        .logits())
                .isDeepEqualTo(scores(INPUT, 2, 1).getFirst().logits());
    }

    @Test
    void theClassifierAnswersFromTheFeatures(@TempDir Path folder) {
        RunFolder run = RunFolder.open(TinyRun.write(folder.resolve("run"), folder, List.of("a", "b", "c")));
        List<float[]> features = new ArrayList<>();
        List<Score> scores;
        try (Backend backend = new ReferenceBackend();
                Scorer scorer = Scorer.openWithFeatures(run, run.settings().input(), backend, 3)) {
            ParticleSource source = (particle, axes, out, at) -> noise(8 * particle + axes, out, at);
            scores = scorer.score(4, new Mirrors(2), source, ProfileSource.NONE, features::add, Progress.none());
        }
        Tensor weight = run.bestCheckpoint().parameters().get("classifier.weight");
        Tensor bias = run.bestCheckpoint().parameters().get("classifier.bias");
        assertThat(features).hasSize(4);
        for (int p = 0; p < 4; p++) {
            float[][] logits = scores.get(p).logits();
            assertThat(logits).as("three views of two mirrorings").hasDimensions(6, 3);
            for (int k = 0; k < 3; k++) {
                double answer = bias.get(k);
                for (int c = 0; c < 16; c++) {
                    answer += weight.get(16L * k + c) * features.get(p)[c];
                }
                double mean = 0;
                for (float[] row : logits) {
                    mean += row[k] / 6;
                }
                assertThat(answer).isCloseTo(mean, within(1e-6));
            }
        }
    }

    @Test
    void aBatchThatDoesNotFitNamesOneThatDoes() {
        try (Backend backend = new ReferenceBackend()) {
            assertThatThrownBy(() -> Scorer.open(CHECKPOINT, INPUT, backend, 20_000))
                    .isInstanceOf(InputException.class)
                    .hasMessageMatching(
                            "A batch of 20000 particles needs .* GiB of memory on reference, but .* are free;"
                                    + " --batch \\d+ fits, or give more with --memory");
        }
    }

    @Test
    void anErrorWhileReadingSlicesReachesTheCaller() {
        try (Backend backend = new ReferenceBackend();
                Scorer scorer = Scorer.open(CHECKPOINT, INPUT, backend, 2)) {
            assertThatThrownBy(() -> scorer.score(
                            3,
                            (particle, out, at) -> {
                                throw new InputException("particle " + particle + " is lost");
                            },
                            Progress.none()))
                    .isInstanceOf(InputException.class)
                    .hasMessage("particle 0 is lost");
        }
    }
}
