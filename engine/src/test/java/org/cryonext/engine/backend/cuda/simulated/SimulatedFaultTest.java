package org.cryonext.engine.backend.cuda.simulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import org.cryonext.engine.backend.DeviceLostException;
import org.cryonext.engine.backend.cuda.driver.CudaException;
import org.cryonext.engine.backend.cuda.driver.DeviceMemory;
import org.cryonext.engine.backend.cuda.driver.Grid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is wrong with a kernel comes out as the CUDA error of a real card, with the thread and the place. */
class SimulatedFaultTest {
    private Bench bench;

    @BeforeEach
    void open() {
        bench = new Bench("broken.cu");
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private void run(String kernel, Grid grid, Object... arguments) {
        bench.function(kernel).launch(grid, arguments).run(bench.context().stream());
    }

    /** The launch fails with this error, and the simulation says all of this about it. */
    private void fails(String error, Runnable launch, String... said) {
        assertThatThrownBy(launch::run).isInstanceOf(DeviceLostException.class).hasMessageContaining(error);
        assertThat(bench.gpu().message()).contains(said);
    }

    @Test
    void readsAndWritesBehindTheEnd() {
        DeviceMemory x = bench.upload(new float[4 * 256 + 4]);
        fails(
                "CUDA_ERROR_ILLEGAL_ADDRESS",
                () -> run("reads_behind", Grid.of(5, 256), x, x),
                "Kernel reads_behind, block (4, 0, 0), thread (4, 0, 0): illegal read",
                "0 bytes behind the end of the 4112 bytes of allocation");
    }

    @Test
    void theContextIsLostAfterwards() {
        DeviceMemory y = bench.upload(new float[4]);
        fails(
                "CUDA_ERROR_ILLEGAL_ADDRESS",
                () -> run("writes_behind", Grid.of(1, 32), y),
                "thread (4, 0, 0): illegal write");
        assertThatThrownBy(() -> bench.download(y))
                .isInstanceOf(DeviceLostException.class)
                .hasMessageContaining("CUDA_ERROR_ILLEGAL_ADDRESS");
    }

    @Test
    void writesBehindTheEndWhereThePageGoesOn() {
        // Three floats are no multiple of 16 bytes: the fourth is on the page, and belongs to nobody.
        DeviceMemory y = bench.upload(1, 2, 3);
        fails(
                "CUDA_ERROR_ILLEGAL_ADDRESS",
                () -> run("writes_behind", Grid.of(1, 4), y),
                "Kernel writes_behind wrote 0 bytes behind the end of the 12 bytes");
    }

    @Test
    void writesBeforeTheBeginning() {
        bench.gpu().set("guard", "before");
        DeviceMemory y = bench.upload(new float[256]);
        fails(
                "CUDA_ERROR_ILLEGAL_ADDRESS",
                () -> run("writes_before", Grid.of(1, 256), y),
                "thread (0, 0, 0): illegal write",
                "4 bytes before the 1024 bytes");
    }

    @Test
    void usesFreedMemoryByAParameter() {
        DeviceMemory y = bench.upload(new float[64]);
        long address = y.address();
        y.close();
        fails(
                "CUDA_ERROR_ILLEGAL_ADDRESS",
                () -> run("writes_behind", Grid.of(1, 64), address),
                "parameter 0",
                "at byte 0 of the 256 bytes of allocation",
                "freed");
    }

    @Test
    void usesFreedMemoryByATableOfAddresses() {
        DeviceMemory x = bench.upload(new float[32]);
        DeviceMemory y = bench.upload(new float[32]);
        DeviceMemory table = bench.uploadAddresses(x.address());
        run("follows", Grid.of(1, 32), table, y);
        x.close();
        fails("CUDA_ERROR_ILLEGAL_ADDRESS", () -> run("follows", Grid.of(1, 32), table, y), "illegal read", "freed");
    }

    @Test
    void usesNullAndMemoryOfTheHost() {
        fails(
                "CUDA_ERROR_ILLEGAL_ADDRESS",
                () -> run("writes_null", Grid.of(1, 32), 0L, 5),
                "illegal write",
                "null or nearly so");
    }

    @Test
    void takesAnAddressOfTheHostAsParameter() {
        long host = Arena.ofAuto().allocate(4 * 32).address();
        fails(
                "CUDA_ERROR_ILLEGAL_ADDRESS",
                () -> run("writes_behind", Grid.of(1, 32), host),
                "parameter 0",
                "memory of the host?");
    }

    @Test
    void leavesAStaticArrayOfSharedMemory() {
        fails(
                "CUDA_ERROR_ILLEGAL_ADDRESS",
                () -> run("leaves_static_array", Grid.of(1, 64), bench.upload(new float[64])),
                "thread (32, 0, 0) at broken.cu:",
                "index 32 is outside of",
                "float [32]");
    }

    @ParameterizedTest
    @CsvSource({"behind, 1, byte 256 of the dynamic shared memory of 256", "before, -1, 4 bytes before the dynamic"})
    void leavesDynamicSharedMemory(String guard, int distance, String said) {
        bench.gpu().set("guard", guard);
        DeviceMemory y = bench.upload(new float[64]);
        fails(
                "CUDA_ERROR_ILLEGAL_ADDRESS",
                () -> run("leaves_dynamic_array", Grid.of(1, 64).withShared(256), y, distance),
                "illegal write",
                said);
    }

    @Test
    void aMissingBarrierShowsInEveryOrder() {
        float[] expected = new float[64];
        for (int i = 0; i < 64; i++) {
            expected[i] = i ^ 1;
        }
        for (String order : new String[] {"forward", "backward", "shuffled"}) {
            bench.gpu().set("order", order);
            DeviceMemory y = bench.upload(new float[64]);
            run("forgets_a_barrier", Grid.of(1, 64), y);
            float[] actual = bench.download(y);
            assertThat(actual).isNotEqualTo(expected);
            // What was not there yet is no number.
            assertThat(actual).contains(Float.NaN);
        }
    }

    @Test
    void anOrderOfBlocksThatIsTakenForGranted() {
        DeviceMemory y = bench.upload(new float[8]);
        run("counts_on_the_block_before", Grid.of(8, 32), y);
        float[] forward = bench.download(y);
        bench.gpu().set("order", "backward");
        DeviceMemory z = bench.upload(new float[8]);
        run("counts_on_the_block_before", Grid.of(8, 32), z);
        assertThat(bench.download(z)).isNotEqualTo(forward);
    }

    @Test
    void anOrderOfThreadsThatIsTakenForGranted() {
        float[] before = null;
        for (String seed : new String[] {"1", "2"}) {
            bench.gpu().set("order", "shuffled");
            bench.gpu().set("seed", seed);
            DeviceMemory y = bench.upload(new float[64]);
            run("lists_as_it_falls", Grid.of(1, 64), y, bench.upload(0));
            float[] after = bench.download(y);
            assertThat(after).isNotEqualTo(before).containsOnlyOnce(0, 1, 62, 63);
            before = after;
        }
    }

    @Test
    void sharedMemoryThatNobodyWroteIsNoNumber() {
        DeviceMemory y = bench.upload(new float[64]);
        run("reads_what_nobody_wrote", Grid.of(1, 64), y);
        float[] values = bench.download(y);
        assertThat(values[31]).isEqualTo(1);
        assertThat(values[32]).isNaN();
    }

    @Test
    void threadsThatPartAtABarrier() {
        fails(
                "CUDA_ERROR_LAUNCH_FAILED",
                () -> run("parts_at_a_barrier", Grid.of(1, 64), bench.upload(new float[64])),
                "thread (32, 0, 0) at broken.cu:",
                "divergent barrier: other threads of the block wait at the __syncthreads of broken.cu:");
    }

    @ParameterizedTest
    @ValueSource(strings = {"forward", "backward"})
    void threadsThatLeaveBeforeABarrier(String order) {
        bench.gpu().set("order", order);
        fails(
                "CUDA_ERROR_LAUNCH_FAILED",
                () -> run("leaves_before_a_barrier", Grid.of(1, 64), bench.upload(new float[64]), 40),
                "divergent barrier",
                "have ended");
    }

    @Test
    void threadsThatWaitForEachOther() {
        fails(
                "CUDA_ERROR_LAUNCH_FAILED",
                () -> run("waits_in_two_places", Grid.of(1, 64), bench.upload(new float[64])),
                "divergent barrier: this thread waits in __syncthreads for others that wait elsewhere");
    }

    @Test
    void aShuffleWithALaneThatTakesNoPart() {
        fails(
                "CUDA_ERROR_LAUNCH_FAILED",
                () -> run("shuffles_with_an_absent_lane", Grid.of(1, 32), bench.upload(new float[32])),
                "a shuffle wants the value of a lane that takes no part in it");
    }

    @Test
    void aShuffleWithALaneThatHasEnded() {
        bench.gpu().set("order", "backward");
        fails(
                "CUDA_ERROR_LAUNCH_FAILED",
                () -> run("shuffles_without_some", Grid.of(1, 32), bench.upload(new float[32])),
                "has ended without coming to a shuffle");
    }

    @Test
    void aVectorAtAnAddressThatIsNoneOfIts() {
        fails(
                "CUDA_ERROR_MISALIGNED_ADDRESS",
                () -> run(
                        "loads_a_crooked_vector",
                        Grid.of(1, 4),
                        bench.upload(new float[32]),
                        bench.upload(new float[4])),
                "is no multiple of 16",
                "broken.cu:");
    }

    @Test
    void aDivisionByZero() {
        fails(
                "CUDA_ERROR_LAUNCH_FAILED",
                () -> run("divides_by_zero", Grid.of(1, 32), bench.upload(new float[32]), 0),
                "divided by zero");
    }

    @Test
    void aLoopWithoutEnd() {
        bench.gpu().set("timeout", "1");
        fails(
                "CUDA_ERROR_LAUNCH_TIMEOUT",
                () -> run("never_ends", Grid.of(3, 32), bench.upload(0)),
                "Kernel never_ends",
                "longer than 1 s");
    }

    @Test
    void tooMuchLocalMemory() {
        DeviceMemory y = bench.upload(new float[32]);
        run("exceeds_local_memory", Grid.of(1, 32), y, 10);
        fails(
                "CUDA_ERROR_ILLEGAL_ADDRESS",
                () -> run("exceeds_local_memory", Grid.of(1, 32), y, 1000),
                "local memory exceeds 65536 bytes");
    }

    @Test
    void theDeviceIsAsGoodAsNewInANewContext() {
        fails(
                "CUDA_ERROR_LAUNCH_FAILED",
                () -> run("divides_by_zero", Grid.of(1, 32), bench.upload(new float[32]), 0),
                "divided by zero");
        bench.close();
        bench = new Bench("broken.cu");
        DeviceMemory y = bench.upload(new float[64]);
        run("copies", Grid.of(1, 64), bench.upload(new float[64]), y);
        assertThat(bench.download(y)).containsOnly(0);
    }

    @Test
    void moreThreadsThanTheKernelsBounds() {
        DeviceMemory y = bench.upload(new float[64]);
        assertThatThrownBy(() -> run("copies", Grid.of(1, 96), y, y))
                .isInstanceOf(CudaException.class)
                .hasMessageContaining("CUDA_ERROR_INVALID_VALUE")
                .hasMessageContaining("copies<<<");
        assertThat(bench.gpu().message()).contains("a block has 96 threads, its launch bounds say at most 64");
        // Nothing was launched, so nothing is lost.
        run("copies", Grid.of(1, 64), y, y);
    }

    @Test
    void moreSharedMemoryThanWasAskedFor() {
        DeviceMemory y = bench.upload(new float[64]);
        Grid grid = Grid.of(1, 64).withShared(64 << 10);
        assertThatThrownBy(() -> run("leaves_dynamic_array", grid, y, 0))
                .isInstanceOf(CudaException.class)
                .hasMessageContaining("CUDA_ERROR_INVALID_VALUE");
        assertThat(bench.gpu().message()).contains("65536 bytes of dynamic shared memory, allowed are 49152");
        bench.function("leaves_dynamic_array").sharedBytes(64 << 10);
        run("leaves_dynamic_array", grid, y, 0);
        assertThatThrownBy(() -> bench.function("leaves_dynamic_array").sharedBytes(256 << 10))
                .hasMessageContaining("262144 bytes of dynamic shared memory");
    }
}
