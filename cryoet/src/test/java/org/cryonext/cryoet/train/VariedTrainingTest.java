package org.cryonext.cryoet.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.cryonext.cryoet.run.Recipe;
import org.cryonext.cryoet.run.RunFolder;
import org.cryonext.cryoet.triplet.Augmentation;
import org.cryonext.cryoet.triplet.View;
import org.cryonext.cryoet.volume.MemoryVolume;
import org.cryonext.cryoet.volume.MrcForm;
import org.cryonext.cryoet.volume.MrcWriter;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.cpu.CpuBackend;
import org.cryonext.engine.backend.reference.ReferenceBackend;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.Progress;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training on particles that are shown anew in every epoch. */
final class VariedTrainingTest {
    @TempDir
    private static Path shared;

    @TempDir
    private Path folder;

    private static Path data;

    @BeforeAll
    static void makeData() throws IOException {
        data = TinyData.write(shared.resolve("data"), 3, 12);
    }

    private TrainOptions options(Path particles, String name, String... words) {
        TrainOptions options = new TrainOptions(particles, folder.resolve(name));
        options.recipe = Recipe.SCRATCH;
        options.depths = List.of(1, 1, 1, 1);
        options.dims = List.of(4, 6, 8, 10);
        options.imageSize = 32;
        options.views = View.slabs(2, 4, 32);
        options.epochs = 2;
        options.batch = 4;
        options.augment = false;
        options.augmentation = Augmentation.parse(List.of(words));
        return options;
    }

    private static TrainResult train(TrainOptions options, int threads, int questions) {
        AtomicInteger asked = new AtomicInteger();
        try (Backend backend = new CpuBackend(threads)) {
            return Trainer.run(
                    options,
                    new TrainContext(backend, Progress.none(), text -> {}, () -> asked.incrementAndGet() > questions));
        }
    }

    private static RunFolder train(TrainOptions options) {
        return train(options, 1, Integer.MAX_VALUE).run();
    }

    @Test
    void theBitsDependNeitherOnThreadsNorOnStops() throws IOException {
        String[] words = {"flips", "turns", "rotate", "shift=2", "contrast=0.2", "brightness=0.1", "noise=0.3"};
        RunFolder expected = train(options(data, "whole", words));
        assertThat(expected.settings().input().crop()).as("nothing is resized").isEqualTo(32);
        assertThat(expected.settings().hyperparameters().augmentation().words()).containsExactly(words);
        assertThat(expected.cache()).doesNotExist();
        assertThat(expected.folder().resolve("README.md"))
                .content()
                .contains("| cubes varied | flips, turns, rotate, shift=2, contrast=0.2, brightness=0.1, noise=0.3 |")
                .contains("--augment flips,turns,rotate,shift=2,contrast=0.2,brightness=0.1,noise=0.3")
                .contains("--views slabs:2x4:32")
                .contains("| views | XY at -2, mean of 4 slices, 32 voxels wide, range of the tomogram; ");
        // It is asked for each of 24 slices, for the volume that trains, and for each of 6 steps.
        for (int stop : new int[] {24, 27, 29}) {
            TrainOptions options = options(data, "stopped" + stop, words);
            assertThat(train(options, 2, stop).end()).isEqualTo(TrainResult.End.STOPPED);
            TrainOptions again = new TrainOptions(data, options.out);
            again.resume = true;
            SameRuns.requireSameCheckpoints(train(again, 2, Integer.MAX_VALUE).run(), expected);
        }
    }

    @Test
    void everyEpochShowsTheParticlesOtherwiseAndValidationAsTheyAre() {
        PreparedRun run = Preparation.begin(
                options(data, "run", "flips", "turns", "shift=2"), new ReferenceBackend(), Progress.none());
        int bytes = run.settings().input().sliceBytes();
        byte[] first = new byte[bytes];
        byte[] again = new byte[bytes];
        byte[] second = new byte[bytes];
        byte[] drawnAgain = new byte[bytes];
        byte[] straight = new byte[bytes];
        try (Backend backend = new CpuBackend(1);
                VariedSlices varied = VariedSlices.open(run, Quiet.context(backend));
                SliceStore slices = SliceStore.open(
                        run.folder().cache().resolve("slices.u8"),
                        run.dataset(),
                        run.samples().samples(),
                        run.settings().input(),
                        Quiet.context(backend))) {
            List<Batch> epoch = Batch.of(List.of(new int[] {3, 5}, new int[] {5}));
            varied.of(0, epoch.getFirst()).read(1, first, 0);
            varied.of(1, epoch.getFirst()).read(1, second, 0);
            varied.of(0, epoch.getFirst()).read(1, again, 0);
            varied.of(0, epoch.getLast()).read(0, drawnAgain, 0);
            slices.read(5, straight, 0);
        }
        assertThat(again).isEqualTo(first);
        assertThat(second).isNotEqualTo(first);
        assertThat(drawnAgain).as("of the same epoch").isNotEqualTo(first).isNotEqualTo(second);
        assertThat(straight).isNotEqualTo(first).isNotEqualTo(second);
        int sample = run.samples().train()[0];
        byte[] unvaried = new byte[bytes];
        PreparedRun still = Preparation.begin(options(data, "still"), new ReferenceBackend(), Progress.none());
        assertThat(still.settings().hyperparameters().augmentation()).as("none").isNull();
        try (Backend backend = new CpuBackend(1);
                SliceStore slices = SliceStore.open(
                        still.folder().cache().resolve("slices.u8"),
                        still.dataset(),
                        still.samples().samples(),
                        still.settings().input(),
                        Quiet.context(backend))) {
            slices.read(5, unvaried, 0);
        }
        assertThat(sample).isZero();
        assertThat(unvaried).isEqualTo(straight);
    }

    @Test
    void tomogramsThatAreRescaledAreWrittenOnceAsTheyAreTrainedOn() throws IOException {
        List<String> lines = new ArrayList<>(List.of("tomogram,x,y,z,class"));
        for (int t = 0; t < 3; t++) {
            int n = t == 0 ? 40 : 30;
            Random random = new Random(t);
            MemoryVolume volume = MemoryVolume.zeros("t" + t, n, n, n, t == 0 ? 10 : 15);
            for (int z = 0; z < n; z++) {
                for (int i = 0; i < n * n; i++) {
                    volume.slice(z)[i] = random.nextFloat();
                }
            }
            MrcWriter.write(folder.resolve("t" + t + ".mrc"), MrcForm.standard(n, n, n, t == 0 ? 10 : 15), volume);
            for (int p = 0; p < 6; p++) {
                lines.add("t" + t + "," + random.nextInt(n) + "," + random.nextInt(n) + "," + random.nextInt(n) + ","
                        + (p % 2 == 0 ? "a" : "b"));
            }
        }
        Path list = Files.write(folder.resolve("particles.csv"), lines);
        RunFolder expected = train(options(list, "whole", "rotate", "shift=1"));
        assertThat(expected.settings().division().train()).containsExactly("t0");
        TrainOptions options = options(list, "turned", "rotate", "shift=1");
        options.trainTomograms = List.of("t1", "t2");
        options.validationTomograms = List.of("t0");
        options.testTomograms = List.of();
        // After 18 slices and two volumes, at the first step.
        assertThat(train(options, 1, 20).end()).isEqualTo(TrainResult.End.STOPPED);
        RunFolder run = RunFolder.open(options.out);
        assertThat(run.cache().resolve("tomogram-0.mrc")).exists();
        assertThat(run.cache().resolve("tomogram-1.mrc")).exists();
        TrainOptions again = new TrainOptions(list, options.out);
        again.resume = true;
        train(again);
        assertThat(run.cache()).doesNotExist();
        TrainOptions whole = options(list, "unstopped", "rotate", "shift=1");
        whole.trainTomograms = options.trainTomograms;
        whole.validationTomograms = options.validationTomograms;
        whole.testTomograms = options.testTomograms;
        SameRuns.requireSameCheckpoints(train(whole), run);
    }

    @Test
    void aResumedRunKeepsItsAugmentation() {
        TrainOptions options = options(data, "run", "flips");
        options.epochs = 1;
        train(options);
        options.resume = true;
        train(options);
        options.augmentation = Augmentation.parse(List.of("flips", "shift=1"));
        assertThatThrownBy(() -> train(options))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("--augment is flips,shift=1, but the run in")
                .hasMessageContaining("was begun with flips;");
    }
}
