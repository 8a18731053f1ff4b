package org.cryonext.cryoet.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.cryonext.cryoet.network.Device;
import org.cryonext.cryoet.run.RunFolder;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.DeviceLostException;
import org.cryonext.engine.backend.cuda.SimulatedGpu;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Trainings on a simulated card. */
class CudaTrainerTest {
    /** CUDA's code of a fault in a kernel. */
    private static final int LAUNCH_FAILED = 719;

    @TempDir
    private static Path shared;

    @TempDir
    private Path folder;

    private static TinyTraining tiny;

    @BeforeAll
    static void makeData() throws IOException {
        tiny = TinyTraining.make(shared);
    }

    private TrainOptions options(String recipe, String name) {
        Path out = folder.resolve(name);
        return recipe.equals("paper") ? tiny.paper(out) : tiny.scratch(out);
    }

    /** In half precision, where the factor of the loss is a state as well. */
    private static RunFolder train(TrainOptions options) {
        try (Backend card = Device.parse("cuda").open(1, Optional.empty(), text -> {})) {
            TrainResult result = Trainer.run(options, Quiet.context(card));
            assertThat(result.end()).isEqualTo(TrainResult.End.COMPLETE);
            return result.run();
        }
    }

    /**
     * In the last epoch, after which steps that were not saved are made again; and in the first, before anything was saved.
     *
     * @param launches after which the card is gone, from the run's last one on where it is negative: those of the validation
     *     are the last two
     */
    @ParameterizedTest
    @CsvSource({"paper, -4, 2", "scratch, -4, 1", "scratch, 2, 0"})
    void aRunThatLosesItsCardResumesToTheSameBits(String recipe, int launches, int epochs) throws IOException {
        SimulatedGpu gpu = SimulatedGpu.loadWithKernels();
        RunFolder expected = train(options(recipe, "whole"));
        int all = Math.toIntExact(gpu.calls().get("cuGraphLaunch"));
        int steps = TinyTraining.losses(expected).size() / options(recipe, "any").epochs;

        TrainOptions options = options(recipe, "lost");
        gpu.lose("cuGraphLaunch", LAUNCH_FAILED, launches < 0 ? all + launches : launches);
        assertThatThrownBy(() -> train(options))
                .isInstanceOf(DeviceLostException.class)
                .hasMessageMatching(
                        "cuGraphLaunch failed with CUDA_ERROR_LAUNCH_FAILED .*; the device is lost to this process");
        assertThat(gpu.holdings()).isEmpty();
        RunFolder lost = RunFolder.open(options.out);
        assertThat(TinyTraining.lines(lost, false)).hasSize(epochs);
        assertThat(TinyTraining.losses(lost))
                .as("steps of whole epochs and some of another")
                .hasSizeBetween(epochs * steps + 1, (epochs + 1) * steps - 1);

        options.resume = true;
        RunFolder resumed = train(options);
        SameRuns.requireSameCheckpoints(resumed, expected);
        assertThat(TinyTraining.losses(resumed)).isEqualTo(TinyTraining.losses(expected));
        assertThat(TinyTraining.lines(resumed, false)).hasSameSizeAs(TinyTraining.lines(expected, false));
    }
}
