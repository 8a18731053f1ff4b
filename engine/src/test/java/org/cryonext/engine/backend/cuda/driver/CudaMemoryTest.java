package org.cryonext.engine.backend.cuda.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Random;
import org.cryonext.engine.backend.MemoryException;
import org.cryonext.engine.backend.cuda.SimulatedGpu;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Memory of the card and of the host, and copies between them; what is not waited for has not happened. */
final class CudaMemoryTest {
    private SimulatedGpu gpu;
    private CudaContext context;
    private CudaStream stream;

    @BeforeEach
    void start() {
        gpu = SimulatedGpu.load();
        gpu.set("streams", "lazy");
        context = new CudaContext(CudaDriver.load().device(0));
        stream = context.stream();
    }

    @AfterEach
    void nothingIsLeftBehind() {
        context.close();
        assertThat(gpu.leaks()).isEmpty();
        assertThat(gpu.refused()).isEmpty();
    }

    private static byte[] random(int bytes) {
        byte[] values = new byte[bytes];
        new Random(bytes).nextBytes(values);
        return values;
    }

    @ParameterizedTest
    @ValueSource(strings = {"true", "false"})
    void memoryIsZeroAndGoesBackWithAndWithoutPools(String pools) {
        context.close();
        gpu.set("pools", pools);
        context = new CudaContext(CudaDriver.load().device(0));
        stream = context.stream();
        long before = context.freeBytes();
        DeviceMemory memory = context.allocate(1000);
        assertThat(memory.address() % 16).isZero();
        assertThat(memory.bytes()).isEqualTo(1000);
        assertThat(context.freeBytes()).isEqualTo(before - 1000);
        byte[] read = new byte[1000];
        stream.download(memory.address(), MemorySegment.ofArray(read), 0, 1000);
        assertThat(read).containsOnly(0);
        memory.close();
        memory.close();
        assertThat(context.freeBytes()).isEqualTo(before);
        assertThatThrownBy(memory::address)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("is closed");
    }

    @Test
    void emptyMemoryHasAnAddressToo() {
        try (DeviceMemory memory = context.allocate(0)) {
            assertThat(memory.address()).isNotZero();
            assertThat(memory.bytes()).isZero();
            stream.fill(memory.address(), (byte) 1, 0);
            stream.copy(memory.address(), memory.address(), 0);
            stream.upload(MemorySegment.ofArray(new byte[0]), 0, memory.address(), 0);
            stream.download(memory.address(), MemorySegment.ofArray(new byte[0]), 0, 0);
        }
        assertThatThrownBy(() -> context.allocate(-1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void tooLittleMemorySaysWhatWasNeededAndWhatThereWas() {
        gpu.set("memory", String.valueOf(64 << 20));
        try (DeviceMemory half = context.allocate(32 << 20)) {
            assertThat(half.bytes()).isEqualTo(32 << 20);
            assertThatThrownBy(() -> context.allocate(40 << 20))
                    .isInstanceOf(MemoryException.class)
                    .hasMessage("The card 0 (" + context.device().name() + ") needs 40 MiB, but only 32 MiB are free");
        }
        // What was freed is there again, although the stream has not come to it.
        context.allocate(40 << 20).close();
    }

    /** Less than half of the staging memory, more than one turn, more than three. */
    @ParameterizedTest
    @ValueSource(ints = {1, 4096, (4 << 20) + 1, (13 << 20) + 3})
    void arraysGoToTheCardAndBack(int bytes) {
        byte[] values = random(bytes);
        byte[] read = new byte[bytes + 2];
        try (DeviceMemory memory = context.allocate(bytes)) {
            stream.upload(MemorySegment.ofArray(values.clone()), 0, memory.address(), bytes);
            stream.download(memory.address(), MemorySegment.ofArray(read), 1, bytes);
        }
        assertThat(MemorySegment.ofArray(read).asSlice(1, bytes).mismatch(MemorySegment.ofArray(values)))
                .isEqualTo(-1);
        assertThat(read[0]).isZero();
        assertThat(read[bytes + 1]).isZero();
    }

    @Test
    void theSourceMayChangeWhenTheCallReturns() {
        byte[] values = random(9 << 20);
        byte[] source = values.clone();
        byte[] read = new byte[values.length];
        try (DeviceMemory memory = context.allocate(values.length)) {
            stream.upload(MemorySegment.ofArray(source), 0, memory.address(), source.length);
            Arrays.fill(source, (byte) 0);
            stream.download(memory.address(), MemorySegment.ofArray(read), 0, read.length);
        }
        assertThat(read).isEqualTo(values);
    }

    @Test
    void nativeMemoryThatIsNotPinnedIsCopiedAsArraysAre() {
        byte[] values = random(5 << 20);
        try (Arena arena = Arena.ofConfined();
                DeviceMemory memory = context.allocate(values.length)) {
            MemorySegment pageable = arena.allocateFrom(ValueLayout.JAVA_BYTE, values);
            stream.upload(pageable, 0, memory.address(), values.length);
            pageable.fill((byte) 0);
            stream.download(memory.address(), pageable, 0, values.length);
            assertThat(pageable.mismatch(MemorySegment.ofArray(values))).isEqualTo(-1);
        }
    }

    @Test
    void pinnedMemoryIsCopiedWhileTheHostGoesOn() {
        try (PinnedMemory pinned = context.pinned(1 << 20);
                DeviceMemory memory = context.allocate(1 << 20)) {
            assertThat(pinned.segment().byteSize()).isEqualTo(1 << 20);
            assertThat(pinned.segment().address() % 4096).isZero();
            pinned.segment().fill((byte) 3);
            stream.upload(pinned, 100, memory.address() + 100, 1000);
            assertThat(stream.isDone()).isFalse();
            stream.synchronize();
            assertThat(stream.isDone()).isTrue();
            pinned.segment().fill((byte) 0);
            stream.download(memory.address(), pinned, 0, 1 << 20);
            stream.synchronize();
            assertThat(pinned.segment().get(ValueLayout.JAVA_BYTE, 99)).isZero();
            assertThat(pinned.segment().get(ValueLayout.JAVA_BYTE, 100)).isEqualTo((byte) 3);
            assertThat(pinned.segment().get(ValueLayout.JAVA_BYTE, 1099)).isEqualTo((byte) 3);
            assertThat(pinned.segment().get(ValueLayout.JAVA_BYTE, 1100)).isZero();
            assertThatThrownBy(() -> stream.upload(pinned, 1 << 20, memory.address(), 1))
                    .isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void theSystemMayRefuseToKeepMemoryInPlace() {
        gpu.fail("cuMemHostRegister_v2", 2, 0);
        assertThatThrownBy(() -> context.pinned(1 << 20)).isInstanceOf(MemoryException.class);
        gpu.fail("cuMemHostRegister_v2", 801, 0);
        assertThatThrownBy(() -> context.pinned(1 << 20))
                .isInstanceOf(CudaException.class)
                .hasMessageContaining("cuMemHostRegister failed with CUDA_ERROR_NOT_SUPPORTED");
    }

    @Test
    void fillsAndCopiesWithinTheCard() {
        byte[] read = new byte[300];
        try (DeviceMemory a = context.allocate(300);
                DeviceMemory b = context.allocate(300)) {
            stream.fill(a.address() + 1, (byte) -2, 298);
            stream.copy(a.address(), b.address(), 300);
            stream.download(b.address(), MemorySegment.ofArray(read), 0, 300);
        }
        assertThat(read[0]).isZero();
        assertThat(read[1]).isEqualTo((byte) -2);
        assertThat(read[298]).isEqualTo((byte) -2);
        assertThat(read[299]).isZero();
    }

    @Test
    void whatNobodyClosesEndsWithTheContext() {
        context.allocate(100);
        context.pinned(100);
        context.newStream()
                .upload(
                        MemorySegment.ofArray(new byte[9]),
                        0,
                        context.allocate(9).address(),
                        9);
        context.timer();
        assertThat(context.openHandles()).isGreaterThan(5);
        context.close();
        context.close();
        assertThat(context.openHandles()).isZero();
        assertThat(gpu.leaks()).isEmpty();
        assertThatThrownBy(() -> context.allocate(1)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(stream::synchronize).isInstanceOf(IllegalStateException.class);
    }
}
