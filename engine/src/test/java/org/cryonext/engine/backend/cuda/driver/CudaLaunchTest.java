package org.cryonext.engine.backend.cuda.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import org.cryonext.engine.backend.DeviceLostException;
import org.cryonext.engine.backend.cuda.SimulatedGpu;
import org.cryonext.engine.io.InputException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Modules, launches, streams, events and graphs. */
final class CudaLaunchTest {
    private SimulatedGpu gpu;
    private SimulatedCard card;

    @BeforeEach
    void start() {
        gpu = SimulatedGpu.load();
        gpu.set("streams", "lazy");
        card = new SimulatedCard(gpu);
    }

    @AfterEach
    void nothingIsLeftBehind() {
        card.close();
        assertThat(gpu.leaks()).isEmpty();
        assertThat(gpu.refused()).isEmpty();
        gpu.reset();
    }

    private long sum(DeviceMemory memory) {
        long[] value = new long[1];
        card.stream.download(memory.address(), MemorySegment.ofArray(value), 0, 8);
        return value[0];
    }

    @Test
    void argumentsOfEveryKindArrive() {
        DeviceMemory x = card.upload(1, 2, 3);
        DeviceMemory y = card.context.allocate(x.bytes());
        card.function("scale").launch(Grid.of(1, 32), y, x.address(), 2.5f, 2).run(card.stream);
        assertThat(card.download(y)).containsExactly(2.5f, 5, 0);
        DeviceMemory sum = card.context.allocate(8);
        card.function("count").launch(Grid.of(1, 32), sum, 1L << 40).run(card.stream);
        assertThat(sum(sum)).isEqualTo(1L << 40);
        assertThatThrownBy(() -> card.function("count").launch(Grid.of(1, 32), sum, (short) 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Argument 1 of count is 1, expected a Long, an Integer, a Float or memory of the device");
    }

    @Test
    void sharedMemoryIsGivenAsAskedForAndMoreOnlyWhenAllowed() {
        DeviceMemory x = card.upload(1, 2, 3, 4);
        CudaFunction reverse = card.function("reverse");
        reverse.launch(Grid.of(1, 32).withShared(16), x, 4).run(card.stream);
        assertThat(card.download(x)).containsExactly(4, 3, 2, 1);
        Launch large = reverse.launch(Grid.of(1, 32).withShared(100 << 10), x, 4);
        assertThatThrownBy(() -> large.run(card.stream))
                .isInstanceOf(CudaException.class)
                .hasMessageStartingWith("cuLaunchKernel failed with CUDA_ERROR_INVALID_VALUE (")
                .hasMessageContaining("launching reverse<<<(1, 1, 1), (32, 1, 1), 102400 bytes>>>")
                .hasMessageContaining("after reverse<<<(1, 1, 1), (32, 1, 1), 16 bytes>>>");
        reverse.sharedBytes(100 << 10);
        large.run(card.stream);
        assertThat(card.download(x)).containsExactly(1, 2, 3, 4);
        // A smaller launch that somebody else prepares takes nothing back.
        reverse.sharedBytes(60 << 10);
        large.run(card.stream);
        assertThat(card.download(x)).containsExactly(4, 3, 2, 1);
        assertThatThrownBy(() -> reverse.sharedBytes(300 << 10))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("reverse wants 307200 bytes of dynamic shared memory");
    }

    @Test
    void aRunAllocatesNothing() {
        DeviceMemory sum = card.context.allocate(8);
        Launch launch = card.function("count").launch(Grid.of(1, 32), sum, 1L);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().threadId();
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 3; round++) {
            long before = threads.getThreadAllocatedBytes(thread);
            for (int i = 0; i < 100; i++) {
                launch.run(card.stream);
            }
            least = Math.min(least, threads.getThreadAllocatedBytes(thread) - before);
        }
        assertThat(least).isZero();
        assertThat(sum(sum)).isEqualTo(300);
    }

    @Test
    void aKernelThatFailsLosesTheCardAndIsNamed() {
        DeviceMemory x = card.context.allocate(64);
        card.function("beyond").launch(Grid.of(1, 32), x, 1L << 20).run(card.stream);
        assertThatThrownBy(card.stream::synchronize)
                .isInstanceOf(DeviceLostException.class)
                .hasMessageMatching(
                        "cuStreamSynchronize failed with CUDA_ERROR_\\w+ \\(.*\\): waiting for a stream, after"
                                + " beyond<<<\\(1, 1, 1\\), \\(32, 1, 1\\), 0 bytes>>>; the device is lost to this process");
        assertThatThrownBy(() -> card.context.allocate(1)).isInstanceOf(DeviceLostException.class);
        assertThatThrownBy(() -> card.download(x)).isInstanceOf(DeviceLostException.class);
    }

    @Test
    void aCardThatGoesAwayIsLostEverywhere() {
        DeviceMemory sum = card.context.allocate(8);
        Launch launch = card.function("count").launch(Grid.of(1, 32), sum, 1L);
        gpu.lose("cuLaunchKernel", 214, 0);
        assertThatThrownBy(() -> launch.run(card.stream))
                .isInstanceOf(DeviceLostException.class)
                .hasMessageContaining("cuLaunchKernel failed with CUDA_ERROR_ECC_UNCORRECTABLE")
                .hasMessageContaining("launching count<<<");
        assertThatThrownBy(() -> card.context.synchronize()).isInstanceOf(DeviceLostException.class);
        assertThatThrownBy(() -> card.context.freeBytes()).isInstanceOf(DeviceLostException.class);
    }

    @Test
    void imagesAndKernelsThatAreNotThereAreNamed() {
        assertThatThrownBy(() -> card.function("nothing"))
                .isInstanceOf(InputException.class)
                .hasMessage("seam.cu holds no kernel nothing; it was made from other sources");
        byte[] other = {0x7f, 'E', 'L', 'F', 2, 1, 1, 0};
        assertThatThrownBy(() -> card.context.load(other, "other.cubin"))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith("other.cubin holds no kernels that the card 0 (")
                .hasMessageContaining("of architecture sm_90 can run (CUDA_ERROR_")
                .hasMessageContaining("cryonext kernels --arch sm_90");
        gpu.fail("cuModuleLoadDataEx", 222, 0);
        assertThatThrownBy(() -> card.context.load(".version 9.9".getBytes(), "new.ptx"))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith(
                        "new.ptx was made by a compiler that is newer than this machine's NVIDIA driver");
    }

    @Test
    void aModuleEndsWithItsKernels() {
        CudaFunction count = card.function("count");
        assertThat(count.registers()).isNotNegative();
        assertThat(count.localBytes()).isNotNegative();
        assertThat(count.mostThreads()).isEqualTo(64);
        assertThat(count.staticSharedBytes()).isZero();
        card.module.close();
        assertThatThrownBy(() -> count.launch(Grid.of(1, 32))).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> card.function("count")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void streamsWaitForEachOtherByEvents() {
        DeviceMemory x = card.upload(1, 2, 3);
        DeviceMemory y = card.context.allocate(x.bytes());
        try (CudaStream other = card.context.newStream();
                CudaEvent first = card.context.event()) {
            card.function("scale").launch(Grid.of(1, 32), x, x, 10f, 3).run(card.stream);
            card.stream.record(first);
            assertThat(first.isDone()).isFalse();
            other.await(first);
            card.function("scale").launch(Grid.of(1, 32), y, x, 0.5f, 3).run(other);
            other.synchronize();
            assertThat(first.isDone()).isTrue();
            assertThat(card.download(y)).containsExactly(5, 10, 15);
        }
    }

    @Test
    void timersMeasure() {
        DeviceMemory sum = card.context.allocate(8);
        try (CudaEvent begin = card.context.timer();
                CudaEvent end = card.context.timer()) {
            card.stream.record(begin);
            card.function("count").launch(Grid.of(1, 32), sum, 1L).run(card.stream);
            card.stream.record(end);
            end.synchronize();
            assertThat(end.millisecondsSince(begin)).isNotNegative();
        }
    }

    @Test
    void aGraphRunsWhatWasRecordedAnyNumberOfTimes() {
        DeviceMemory sum = card.context.allocate(8);
        Launch launch = card.function("count").launch(Grid.of(1, 32), sum, 3L);
        try (PinnedMemory pinned = card.context.pinned(8);
                CudaGraph graph = card.stream.capture(() -> {
                    launch.run(card.stream);
                    launch.run(card.stream);
                    card.stream.download(sum.address(), pinned, 0, 8);
                })) {
            assertThat(graph.nodes()).isEqualTo(3);
            assertThat(sum(sum)).isZero();
            for (int i = 0; i < 5; i++) {
                graph.launch(card.stream);
            }
            card.stream.synchronize();
            assertThat(pinned.segment().get(ValueLayout.JAVA_LONG, 0)).isEqualTo(30);
        }
    }

    @Test
    void aRecordingThatFailsLeavesTheStreamUsable() {
        DeviceMemory sum = card.context.allocate(8);
        Launch launch = card.function("count").launch(Grid.of(1, 32), sum, 1L);
        assertThatThrownBy(() -> card.stream.capture(() -> {
                    launch.run(card.stream);
                    throw new IllegalArgumentException("changed my mind");
                }))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> card.stream.capture(() -> sum(sum)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Only copies from and to pinned memory can be part of a graph");
        launch.run(card.stream);
        assertThat(sum(sum)).isEqualTo(1);
    }

    @Test
    void otherThreadsMayUseTheContext() throws InterruptedException {
        DeviceMemory sum = card.context.allocate(8);
        Launch launch = card.function("count").launch(Grid.of(1, 32), sum, 1L);
        card.stream.synchronize();
        Thread thread = Thread.ofPlatform().start(() -> {
            try (CudaStream other = card.context.newStream()) {
                launch.run(other);
                other.synchronize();
            }
        });
        thread.join();
        assertThat(sum(sum)).isEqualTo(1);
    }

    @Test
    void twoCardsAreApart() {
        gpu.set("devices", "2");
        try (CudaContext second = new CudaContext(CudaDriver.load().device(1))) {
            CudaModule module = second.load(SimulatedCard.image(), "seam.cu");
            DeviceMemory there = second.allocate(8);
            DeviceMemory here = card.context.allocate(8);
            module.function("count").launch(Grid.of(1, 32), there, 5L).run(second.stream());
            card.function("count").launch(Grid.of(1, 32), here, 7L).run(card.stream);
            long[] value = new long[1];
            second.stream().download(there.address(), MemorySegment.ofArray(value), 0, 8);
            assertThat(value[0]).isEqualTo(5);
            assertThat(sum(here)).isEqualTo(7);
        }
    }
}
