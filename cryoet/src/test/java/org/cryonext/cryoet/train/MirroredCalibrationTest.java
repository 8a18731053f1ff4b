package org.cryonext.cryoet.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.cryonext.cryoet.dataset.DataPlace;
import org.cryonext.cryoet.evaluate.Evaluation;
import org.cryonext.cryoet.evaluate.EvaluationSettings;
import org.cryonext.cryoet.evaluate.Evaluator;
import org.cryonext.cryoet.network.Mirrors;
import org.cryonext.cryoet.run.Calibration;
import org.cryonext.cryoet.run.RunFolder;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.cpu.CpuBackend;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.Progress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MirroredCalibrationTest {
    private static final int PARTICLES = 20;

    @TempDir
    private Path folder;

    private long rejected(Path data, Path run, int mirrors, double share, Backend backend) {
        Evaluation evaluation = Evaluator.run(
                new EvaluationSettings(
                        run,
                        DataPlace.of(data),
                        List.of("model_1"),
                        null,
                        null,
                        null,
                        null,
                        4,
                        null,
                        new Mirrors(mirrors),
                        share,
                        true),
                backend,
                Progress.none(),
                text -> {});
        return evaluation
                .input()
                .results()
                .getFirst()
                .rejected()
                .orElseThrow()
                .figures()
                .rejected();
    }

    @Test
    void theShareOfTheValidationParticlesIsRejectedWhateverTheMirrorings() throws IOException {
        Path data = TinyData.write(folder.resolve("data"), 3, PARTICLES);
        TrainOptions options = new TinyTraining(data, null).scratch(folder.resolve("run"));
        options.calibrateTta = true;
        try (Backend backend = new CpuBackend(1)) {
            Trainer.run(options, Quiet.context(backend));
            RunFolder run = RunFolder.open(options.out);
            Calibration calibration = run.calibration().orElseThrow();
            assertThat(calibration.mirrored()).containsOnlyKeys(2, 4, 8);
            assertThat(calibration.of(8).orElseThrow().particles()).isEqualTo(PARTICLES);
            assertThat(calibration.of(8).orElseThrow().energies()).isNotEqualTo(calibration.energies());
            for (int mirrors : List.of(1, 2, 4, 8)) {
                for (double share : new double[] {0.1, 0.25, 0.5}) {
                    assertThat((double) rejected(data, options.out, mirrors, share, backend))
                            .as(share + " of " + mirrors)
                            .isCloseTo(share * PARTICLES, within(1.0));
                }
            }
        }
    }

    @Test
    void whatIsMissingIsAddedToACompleteRunOnRequest() throws IOException {
        TinyTraining tiny = TinyTraining.make(folder);
        TrainOptions options = tiny.scratch(folder.resolve("run"));
        options.epochs = 1;
        options.calibrateTta = true;
        TinyTraining.train(options);
        RunFolder run = RunFolder.open(options.out);
        byte[] whole = Files.readAllBytes(run.calibrationFile());
        run.write(run.calibration().orElseThrow().withMirrored(Map.of()));
        assertThatThrownBy(() -> run.rejectionThreshold(0.05, 8))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("cryonext train " + tiny.data() + " --out " + options.out
                        + " --resume --calibrate-tta adds them");
        TrainOptions again = new TrainOptions(tiny.data(), options.out);
        again.resume = true;
        assertThat(TinyTraining.train(again).end()).isEqualTo(TrainResult.End.COMPLETE);
        assertThat(run.calibration().orElseThrow().mirrored())
                .as("nothing that was not asked for")
                .isEmpty();
        again.calibrateTta = true;
        assertThat(TinyTraining.trainUntil(again, 0).end())
                .as("a stop is heeded there too")
                .isEqualTo(TrainResult.End.STOPPED);
        assertThat(run.calibration().orElseThrow().mirrored()).isEmpty();
        assertThat(TinyTraining.train(again).end()).isEqualTo(TrainResult.End.COMPLETE);
        assertThat(run.calibrationFile()).hasBinaryContent(whole);
    }
}
