package org.cryonext.engine.backend.cuda.tune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.cryonext.engine.backend.cuda.tune.TuningCache.Subject;
import org.cryonext.engine.io.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of what was measured: several writers, other cards, damage. */
class TuningCacheTest {
    private static final Subject CARD = new Subject("NVIDIA H100 80GB HBM3", "580.1", "0123456789abcdef");

    @TempDir
    private Path folder;

    private static Measurement measurement(double ours, double cublas) {
        return Measurement.of("ours", Map.of("ours", ours, "cublas 12.6.1", cublas), Map.of());
    }

    @Test
    void theFastestIsChosenIfItIsWorthOtherBits() {
        assertThat(measurement(100, 90).chosen()).isEqualTo("cublas 12.6.1");
        assertThat(measurement(100, 98).chosen()).isEqualTo("ours");
        assertThat(measurement(90, 100).chosen()).isEqualTo("ours");
    }

    @Test
    void isReadBackByAnotherProcess() {
        TuningCache cache = new TuningCache(folder, CARD);
        assertThat(cache.file()).hasFileName("nvidia-h100-80gb-hbm3-580.1-0123456789ab.json");
        Measurement measured = Measurement.of("ours", Map.of("ours", 2.5, "b", 1.5), Map.of("c", "why"));
        cache.add("work", measured);
        TuningCache again = new TuningCache(folder, CARD);
        assertThat(again.get("work")).contains(measured);
        assertThat(again.get("work", List.of("ours", "b", "c"))).contains(measured);
        assertThat(again.get("work", List.of("ours", "b"))).contains(measured);
        assertThat(again.get("work", List.of("ours", "d"))).isEmpty();
        assertThat(again.get("other")).isEmpty();
    }

    @Test
    void whoComesSecondTakesWhatTheFirstChose() {
        TuningCache first = new TuningCache(folder, CARD);
        TuningCache second = new TuningCache(folder, CARD);
        assertThat(second.all()).isEmpty();
        first.add("work", measurement(100, 50));
        assertThat(second.add("work", measurement(50, 100)).chosen()).isEqualTo("cublas 12.6.1");
        // Another version of a library comes beside the one before: each process uses the fastest that it has.
        Measurement newer = Measurement.of("ours", Map.of("ours", 1.0, "cublas 12.8.0", 20.0), Map.of("c", "why"));
        Measurement both = second.add("work", newer);
        assertThat(both.microseconds()).isEqualTo(Map.of("ours", 100.0, "cublas 12.6.1", 50.0, "cublas 12.8.0", 20.0));
        assertThat(both.failed()).containsOnlyKeys("c");
        assertThat(both.order()).containsExactly("cublas 12.8.0", "cublas 12.6.1", "ours");
        assertThat(new TuningCache(folder, CARD).get("work")).contains(both);
    }

    @Test
    void manyWritersLoseNothing() throws InterruptedException {
        ConcurrentLinkedQueue<Measurement> used = new ConcurrentLinkedQueue<>();
        List<Thread> threads = new ArrayList<>();
        for (int writer = 0; writer < 4; writer++) {
            int number = writer;
            threads.add(Thread.ofPlatform().start(() -> {
                TuningCache cache = new TuningCache(folder, CARD);
                IntStream.range(0, 8).forEach(i -> cache.add(number + " " + i, measurement(1, 2)));
                used.add(cache.add("shared", measurement(1, 10 - number)));
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(new TuningCache(folder, CARD).all()).hasSize(33);
        assertThat(used).hasSize(4).containsOnly(used.peek());
    }

    @Test
    void anotherCardDriverOrKernelsIsAnotherFile() {
        new TuningCache(folder, CARD).add("work", measurement(1, 2));
        assertThat(new TuningCache(folder, new Subject("NVIDIA T4", CARD.driver(), CARD.kernels())).all())
                .isEmpty();
        assertThat(new TuningCache(folder, new Subject(CARD.card(), "581.2", CARD.kernels())).all())
                .isEmpty();
        // The same file name, but other kernels.
        assertThat(new TuningCache(folder, new Subject(CARD.card(), CARD.driver(), CARD.kernels() + "0")).all())
                .isEmpty();
    }

    @Test
    void aDamagedFileIsMeasuredAgain() throws IOException {
        TuningCache cache = new TuningCache(folder, CARD);
        cache.add("work", measurement(1, 2));
        for (String damage : List.of("", "{", "null", "{\"format\": 2}", "{\"measurements\": {\"work\": null}}")) {
            Files.writeString(cache.file(), damage);
            assertThat(new TuningCache(folder, CARD).all()).as(damage).isEmpty();
        }
        assertThat(new TuningCache(folder, CARD).add("work", measurement(2, 1)).chosen())
                .isEqualTo("cublas 12.6.1");
        assertThat(new TuningCache(folder, CARD).all()).hasSize(1);
    }

    @Test
    void aFolderThatCannotBeWrittenCostsMeasuringAgain() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        TuningCache cache = new TuningCache(file, CARD);
        Measurement measured = measurement(2, 1);
        assertThat(cache.add("work", measured)).isEqualTo(measured);
        assertThat(cache.get("work")).contains(measured);
    }

    @Test
    void switchesAreChecked() {
        System.setProperty(TuningSettings.PROPERTY, "yes");
        try {
            assertThatThrownBy(TuningSettings::ofSystem)
                    .isInstanceOf(InputException.class)
                    .hasMessage("The system property cryonext.cuda.tuning is yes, expected on or off");
            System.setProperty(TuningSettings.PROPERTY, "on");
            System.setProperty(Libraries.PROPERTY, "cutlass");
            assertThatThrownBy(TuningSettings::ofSystem)
                    .hasMessage("The system property cryonext.cuda.libraries is cutlass, expected one of auto, none,"
                            + " cublas and cudnn");
            System.setProperty(Libraries.PROPERTY, "none");
            assertThat(TuningSettings.ofSystem().measures()).isTrue();
            assertThat(TuningSettings.ofSystem().libraries()).isEqualTo(Libraries.NONE);
        } finally {
            System.clearProperty(TuningSettings.PROPERTY);
            System.clearProperty(Libraries.PROPERTY);
        }
    }
}
