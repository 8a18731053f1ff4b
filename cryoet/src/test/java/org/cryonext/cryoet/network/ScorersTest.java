package org.cryonext.cryoet.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.cryonext.cryoet.run.RunFolder;
import org.cryonext.cryoet.run.TinyRun;
import org.cryonext.cryoet.train.TinyData;
import org.cryonext.engine.backend.DeviceLostException;
import org.cryonext.engine.backend.MemoryException;
import org.cryonext.engine.backend.reference.ReferenceBackend;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.Progress;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How tomograms are shared among devices, whatever these are. */
final class ScorersTest {
    private static final List<Integer> TOMOGRAMS = List.of(0, 1, 2, 3, 4, 5, 6);

    @TempDir
    private static Path shared;

    private static RunFolder run;

    @BeforeAll
    static void writeRun() throws IOException {
        Path data = TinyData.write(shared.resolve("data"), 1, 1);
        run = RunFolder.open(TinyRun.write(shared.resolve("run"), data, TinyData.CLASSES));
    }

    private static <R> List<R> map(int devices, Scorers.Work<Integer, R> work, Progress progress) {
        List<ReferenceBackend> each = IntStream.range(0, devices)
                .mapToObj(i -> new ReferenceBackend())
                .toList();
        try (Backends backends = new Backends(List.copyOf(each));
                Scorers scorers = Scorers.open(backends, backend -> Scorer.open(run, backend, 1), text -> {})) {
            return scorers.map(TOMOGRAMS, number -> "model_" + number, work, progress);
        }
    }

    private static void meet(CyclicBarrier barrier) {
        try {
            barrier.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
            throw new AssertionError("not all devices are at work at once", e);
        }
    }

    /** Each waits for the others in its first tomogram; after that the last takes none for as long as there are any. */
    @Test
    void devicesWorkAtOnceAndResultsComeInOrder() {
        CyclicBarrier barrier = new CyclicBarrier(3);
        Set<Scorer> met = ConcurrentHashMap.newKeySet();
        List<Long> advanced = new ArrayList<>();
        List<String> results = map(
                3,
                (number, scorer, progress) -> {
                    if (met.add(scorer)) {
                        meet(barrier);
                    }
                    progress.advance(number);
                    return "result " + number;
                },
                counting(advanced));
        assertThat(met).hasSize(3);
        assertThat(results)
                .containsExactlyElementsOf(
                        TOMOGRAMS.stream().map(number -> "result " + number).toList());
        assertThat(advanced.stream().mapToLong(Long::longValue).sum()).isEqualTo(21);
    }

    /** Not thread-safe, as a bar is not. */
    private static Progress counting(List<Long> advanced) {
        return new Progress() {
            @Override
            public void start(String task, long total, String unit) {}

            @Override
            public void advance(long n) {
                advanced.add(n);
            }

            @Override
            public void note(String extra) {}

            @Override
            public void finish() {}
        };
    }

    @Test
    void aDeviceAloneIsServedByTheCaller() {
        Thread caller = Thread.currentThread();
        assertThat(map(1, (number, scorer, progress) -> Thread.currentThread(), Progress.none()))
                .containsOnly(caller);
    }

    /** The one that goes on ends when it says how far it is, and takes no further tomogram. */
    @Test
    void aLostDeviceEndsTheOthersAndIsNamedWithItsTomogram() {
        CyclicBarrier barrier = new CyclicBarrier(2);
        Set<Integer> begun = ConcurrentHashMap.newKeySet();
        assertThatThrownBy(() -> map(
                        2,
                        (number, scorer, progress) -> {
                            begun.add(number);
                            meet(barrier);
                            if (number == 1) {
                                throw new DeviceLostException("cuGraphLaunch failed");
                            }
                            for (long end = System.nanoTime() + 30_000_000_000L; System.nanoTime() < end; ) {
                                progress.advance(1);
                            }
                            return number;
                        },
                        Progress.none()))
                .isInstanceOf(DeviceLostException.class)
                .hasMessage("model_1 on reference: cuGraphLaunch failed");
        assertThat(begun).containsExactlyInAnyOrder(0, 1);
    }

    @Test
    void whatIsNoFailureOfADeviceComesAsItIs() {
        assertThatThrownBy(() -> map(
                        2,
                        (number, scorer, progress) -> {
                            throw new InputException("a voxel is not a number");
                        },
                        Progress.none()))
                .isInstanceOf(InputException.class)
                .hasMessage("a voxel is not a number");
        assertThatThrownBy(() -> map(
                        1,
                        (number, scorer, progress) -> {
                            throw new MemoryException("The card 0 (T4)", 5L << 20, 3L << 20);
                        },
                        Progress.none()))
                .isInstanceOf(MemoryException.class)
                .hasMessage("model_0 on reference: The card 0 (T4) needs 5 MiB, but only 3 MiB are free");
    }
}
