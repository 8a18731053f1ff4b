package org.cryonext.engine.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CpuPoolTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5})
    void runsEveryTaskOnceInEveryRegion(int threads) {
        try (CpuPool pool = new CpuPool(threads)) {
            for (int region = 0; region < 2000; region++) {
                int tasks = region % 7;
                AtomicIntegerArray runs = new AtomicIntegerArray(8);
                pool.parallel(tasks, (task, worker) -> {
                    assertThat(worker).isBetween(0, threads - 1);
                    runs.incrementAndGet(task);
                });
                for (int task = 0; task < 8; task++) {
                    assertThat(runs.get(task)).isEqualTo(task < tasks ? 1 : 0);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {65_534, 65_535, 65_536, 200_001})
    void runsEveryTaskOnceWhereAWordHasTooFewBitsForThem(int tasks) {
        try (CpuPool pool = new CpuPool(3)) {
            AtomicIntegerArray runs = new AtomicIntegerArray(tasks);
            pool.parallel(tasks, (task, worker) -> runs.incrementAndGet(task));
            for (int task = 0; task < tasks; task++) {
                assertThat(runs.get(task)).isEqualTo(1);
            }
        }
    }

    @Test
    void eachWorkerBeginsWithItsOwnRangeAndThenHelpsTheOthers() {
        int tasks = 20;
        try (CpuPool pool = new CpuPool(2)) {
            for (int region = 0; region < 20; region++) {
                int[] first = {-1, -1};
                int[] count = new int[2];
                CountDownLatch both = new CountDownLatch(2);
                CountDownLatch restDone = new CountDownLatch(tasks - 2);
                pool.parallel(tasks, (task, worker) -> {
                    count[worker]++;
                    if (first[worker] >= 0) {
                        restDone.countDown();
                        return;
                    }
                    first[worker] = task;
                    both.countDown();
                    await(both);
                    if (worker == 1) {
                        await(restDone);
                    }
                });
                assertThat(first).containsExactly(0, tasks / 2);
                assertThat(count).as("the other waits in its first task").containsExactly(tasks - 1, 1);
            }
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(1, TimeUnit.MINUTES)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void wakesWorkersThatHaveParked() throws InterruptedException {
        try (CpuPool pool = new CpuPool(2)) {
            for (int region = 0; region < 5; region++) {
                Thread.sleep(20);
                boolean[] began = new boolean[2];
                CountDownLatch both = new CountDownLatch(2);
                // Ends only if the other is there: the caller would do all tasks alone.
                pool.parallel(50, (task, worker) -> {
                    if (!began[worker]) {
                        began[worker] = true;
                        both.countDown();
                        await(both);
                    }
                });
                assertThat(began).containsExactly(true, true);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void throwsWhatATaskThrowsAndGoesOn(int threads) {
        try (CpuPool pool = new CpuPool(threads)) {
            assertThatThrownBy(() -> pool.parallel(100, (task, worker) -> {
                        if (task == 17) {
                            throw new ArithmeticException("seventeen");
                        }
                    }))
                    .isInstanceOf(ArithmeticException.class)
                    .hasMessage("seventeen");
            AtomicIntegerArray runs = new AtomicIntegerArray(1);
            pool.parallel(10, (task, worker) -> runs.incrementAndGet(0));
            assertThat(runs.get(0)).isEqualTo(10);
        }
    }

    @Test
    void refusesARegionInsideATaskAndAfterItsEnd() {
        CpuPool pool = new CpuPool(1);
        assertThatIllegalStateException()
                .isThrownBy(() -> pool.parallel(1, (task, worker) -> pool.parallel(1, (inner, w) -> {})))
                .withMessageContaining("of its own pool");
        pool.close();
        assertThatIllegalStateException()
                .isThrownBy(() -> pool.parallel(1, (task, worker) -> {}))
                .withMessage("The pool is closed");
    }
}
