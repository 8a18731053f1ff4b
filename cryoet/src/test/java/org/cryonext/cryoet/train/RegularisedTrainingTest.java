package org.cryonext.cryoet.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.cryonext.cryoet.network.ImageLoader;
import org.cryonext.cryoet.run.NetworkInput;
import org.cryonext.cryoet.run.Recipe;
import org.cryonext.cryoet.run.RunFacts;
import org.cryonext.cryoet.run.RunFolder;
import org.cryonext.cryoet.run.Sampling;
import org.cryonext.cryoet.triplet.View;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.cpu.CpuBackend;
import org.cryonext.engine.backend.reference.ReferenceBackend;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.Progress;
import org.cryonext.models.inspect.Fact;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training with balanced sampling, mixup, focal loss and rates that fall from layer to layer. */
final class RegularisedTrainingTest {
    @TempDir
    private static Path shared;

    @TempDir
    private Path folder;

    private static Path data;

    @BeforeAll
    static void makeData() throws IOException {
        data = TinyData.write(shared.resolve("data"), 3, 12);
    }

    private TrainOptions options(String name) {
        TrainOptions options = new TrainOptions(data, folder.resolve(name));
        options.recipe = Recipe.SCRATCH;
        options.depths = List.of(1, 1, 1, 1);
        options.dims = List.of(4, 6, 8, 10);
        options.imageSize = 32;
        options.views = View.slabs(3, 2, 32);
        options.epochs = 2;
        options.batch = 5;
        options.augment = false;
        options.sampling = Sampling.BALANCED;
        options.mixup = 0.5;
        options.focal = 2.0;
        options.layerDecay = 0.7;
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

    @Test
    void theBitsDependNeitherOnThreadsNorOnStops() throws IOException {
        RunFolder expected = train(options("whole"), 1, Integer.MAX_VALUE).run();
        assertThat(expected.folder().resolve("README.md"))
                .content()
                .contains("| sampling, mixup, focal loss, layer decay | balanced, 0.5, 2.0, 0.7 |")
                .contains("| views | `slabs:3x2:32` |")
                .contains("--sampling balanced --mixup 0.5 --focal 2.0 --layer-decay 0.7");
        assertThat(RunFacts.of(expected))
                .contains(new Fact("views", "slabs:3x2:32 of the grandmodel, fused by logits"));
        // It is asked for each of 24 slices and for each of 4 steps.
        for (int stop : new int[] {25, 27}) {
            TrainOptions options = options("stopped" + stop);
            assertThat(train(options, 2, stop).end()).isEqualTo(TrainResult.End.STOPPED);
            TrainOptions again = new TrainOptions(data, options.out);
            again.resume = true;
            SameRuns.requireSameCheckpoints(train(again, 2, Integer.MAX_VALUE).run(), expected);
        }
    }

    @Test
    void eachOptionMakesADifference() throws IOException {
        TrainOptions plain = options("plain");
        plain.sampling = null;
        plain.mixup = null;
        plain.focal = null;
        plain.layerDecay = null;
        byte[] weights = weights(plain);
        for (String option : List.of("sampling", "mixup", "focal", "layerDecay")) {
            TrainOptions one = options(option);
            one.sampling = option.equals("sampling") ? one.sampling : null;
            one.mixup = option.equals("mixup") ? one.mixup : null;
            one.focal = option.equals("focal") ? one.focal : null;
            one.layerDecay = option.equals("layerDecay") ? one.layerDecay : null;
            assertThat(weights(one)).as(option).isNotEqualTo(weights);
        }
    }

    private static byte[] weights(TrainOptions options) throws IOException {
        RunFolder run = train(options, 1, Integer.MAX_VALUE).run();
        return Files.readAllBytes(run.newest().resolve("model.safetensors"));
    }

    @Test
    void imagesAreMixedWithThoseInReverseOrder() {
        NetworkInput input = Preparation.begin(options("run"), new ReferenceBackend(), Progress.none())
                .settings()
                .input();
        int[] particles = {10, 20, 30};
        float[][] images = new float[2][];
        for (int mixed = 0; mixed < 2; mixed++) {
            try (ImageLoader loader = new ImageLoader(input, 3)) {
                loader.request(
                        (particle, out, at) -> {
                            for (int i = 0; i < input.sliceBytes(); i++) {
                                out[at + i] = (byte) (particle * (1 + i % 7));
                            }
                        },
                        particles,
                        mixed == 0 ? 1 : 0.75);
                images[mixed] = loader.take().images().toFloats();
            }
        }
        int each = images[0].length / 3;
        for (int p = 0; p < 3; p++) {
            for (int i = 0; i < each; i++) {
                float own = images[0][p * each + i];
                float other = images[0][(2 - p) * each + i];
                assertThat(images[1][p * each + i]).isCloseTo(0.75f * own + 0.25f * other, within(1e-5f));
            }
        }
    }

    @Test
    void valuesThatMakeNoSenseAreRefused() {
        TrainOptions focal = options("focal");
        focal.focal = 0.5;
        assertThatThrownBy(focal::check)
                .isInstanceOf(InputException.class)
                .hasMessage("--focal is 0.5, expected 0, or a number from 1 to 10");
        TrainOptions mixup = options("mixup");
        mixup.mixup = 9.0;
        assertThatThrownBy(mixup::check).hasMessage("--mixup is 9.0, expected a number from 0 to 8");
        mixup.mixup = 1e-4;
        assertThatThrownBy(mixup::check)
                .hasMessage("--mixup is 1.0E-4, expected 0 for none, or a number from 0.001 to 8");
        TrainOptions decay = options("decay");
        decay.layerDecay = 0.0;
        assertThatThrownBy(decay::check).hasMessageContaining("--layer-decay is 0, expected a number above 0");
    }
}
