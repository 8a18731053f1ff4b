package org.cryonext.cryoet.classify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.cryonext.cryoet.evaluate.Evaluation;
import org.cryonext.cryoet.evaluate.EvaluationSettings;
import org.cryonext.cryoet.evaluate.Evaluator;
import org.cryonext.cryoet.metrics.Prediction;
import org.cryonext.cryoet.network.Backends;
import org.cryonext.cryoet.network.Device;
import org.cryonext.cryoet.run.TinyRun;
import org.cryonext.cryoet.train.TinyData;
import org.cryonext.engine.backend.DeviceLostException;
import org.cryonext.engine.backend.MemoryException;
import org.cryonext.engine.backend.cuda.SimulatedGpu;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.Progress;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tomograms shared among two simulated cards. */
class CudaClassifierTest {
    private static final int TOMOGRAMS = 5;
    private static final int PARTICLES = 5;

    /** CUDA's codes. */
    private static final int OUT_OF_MEMORY = 2;

    private static final int LAUNCH_FAILED = 719;

    @TempDir
    private static Path shared;

    @TempDir
    private Path folder;

    private final List<String> said = new ArrayList<>();

    private static Path data;
    private static Path run;
    private static Path list;

    private SimulatedGpu gpu;

    @BeforeAll
    static void makeDataAndRun() throws IOException {
        data = TinyData.write(shared.resolve("data"), TOMOGRAMS, PARTICLES);
        run = TinyRun.write(shared.resolve("run"), data, TinyData.CLASSES);
        // The tomograms take turns, so that the list's order is not that of the work.
        List<String> lines = new ArrayList<>(List.of("tomogram,x,y,z"));
        for (int p = 0; p < PARTICLES; p++) {
            for (int t = 0; t < TOMOGRAMS; t++) {
                Path own = data.resolve("model_" + t).resolve("particle_locations.txt");
                String[] words = Files.readAllLines(own).get(p).split("\\s+");
                lines.add("model_" + t + "," + words[1] + "," + words[2] + "," + words[3]);
            }
        }
        list = Files.write(shared.resolve("all.csv"), lines);
    }

    @BeforeEach
    void openTwoCards() {
        gpu = SimulatedGpu.loadWithKernels();
        gpu.set("devices", "2");
    }

    private Backends open(String device) {
        return Device.parseSeveral(device).openAll(1, Optional.empty(), Optional.empty(), said::add);
    }

    private Classification classify(String device, Path out) {
        ClassifySettings settings = new ClassifySettings(run, data, list, out, null, null, null, null, null, false, 2);
        try (Backends backends = open(device)) {
            return Classifier.run(settings, backends, Progress.none(), said::add);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"cuda:all", "cuda:1,0"})
    void twoCardsGiveTheFilesOfOne(String device) throws IOException {
        Classification one = classify("cuda", folder.resolve("one"));
        Classification two = classify(device, folder.resolve("two"));
        assertThat(two.predictions()).hasSize(TOMOGRAMS * PARTICLES);
        assertThat(two.predictions().stream().map(Prediction::tomogram).limit(3))
                .containsExactly("model_0", "model_1", "model_2");
        assertThat(two.star()).hasSameBinaryContentAs(one.star());
        assertThat(two.csv()).hasSameBinaryContentAs(one.csv());
        for (int i = 0; i < one.predictions().size(); i++) {
            assertThat(two.predictions().get(i).probabilities())
                    .isEqualTo(one.predictions().get(i).probabilities());
        }
        assertThat(said).isEmpty();
        assertThat(gpu.leaks()).isEmpty();
    }

    @Test
    void anEvaluationIsShared() {
        EvaluationSettings settings = EvaluationSettings.of(run, data);
        settings = new EvaluationSettings(
                run,
                settings.data(),
                List.of("model_1", "model_2", "model_3"),
                folder.resolve("one"),
                null,
                null,
                null,
                2,
                null,
                false);
        List<Evaluation> both = new ArrayList<>();
        for (String device : List.of("cuda", "cuda:0,1")) {
            try (Backends backends = open(device)) {
                both.add(Evaluator.run(settings, backends, Progress.none(), said::add));
            }
        }
        assertThat(both.get(1).predictions()).hasSize(3 * PARTICLES);
        for (int i = 0; i < 3 * PARTICLES; i++) {
            Prediction one = both.get(0).predictions().get(i);
            Prediction two = both.get(1).predictions().get(i);
            assertThat(two.tomogram()).isEqualTo(one.tomogram());
            assertThat(two.probabilities()).isEqualTo(one.probabilities());
        }
        assertThat(both.get(1).input().metadata()).containsEntry("Device", "cuda, cuda:1");
        assertThat(both.get(1).input().insides().getFirst().features().plane())
                .usingRecursiveComparison()
                .isEqualTo(both.get(0).input().insides().getFirst().features().plane());
        assertThat(both.get(1).report()).exists();
    }

    @Test
    void aLostCardEndsTheRunWithItsNameAndItsTomogram() {
        Path out = folder.resolve("lost");
        gpu.lose("cuGraphLaunch", LAUNCH_FAILED, 1, 1);
        assertThatThrownBy(() -> classify("cuda:all", out))
                .isInstanceOf(DeviceLostException.class)
                .hasMessageMatching(
                        "model_\\d on cuda:1: cuGraphLaunch failed with CUDA_ERROR_LAUNCH_FAILED .*; the device"
                                + " is lost to this process");
        assertThat(out).doesNotExist();
        assertThat(gpu.holdings()).isEmpty();
    }

    @Test
    void aCardWithoutMemoryIsNamed() {
        Path out = folder.resolve("full");
        gpu.fail("cuMemAllocAsync", OUT_OF_MEMORY, 3, 1);
        assertThatThrownBy(() -> classify("cuda:all", out))
                .isInstanceOf(MemoryException.class)
                .hasMessageStartingWith("The card 1 (Simulated GPU 1) needs ");
        assertThat(out).doesNotExist();
        assertThat(gpu.holdings()).isEmpty();
    }

    @Test
    void aCardThatIsNotThereIsNamed() {
        assertThatThrownBy(() -> open("cuda:0,5"))
                .isInstanceOf(InputException.class)
                .hasMessage("There is no card 5; this machine has cards 0 to 1");
        assertThat(gpu.holdings()).isEmpty();
    }
}
