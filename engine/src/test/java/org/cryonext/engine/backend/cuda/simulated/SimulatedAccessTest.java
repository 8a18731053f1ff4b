package org.cryonext.engine.backend.cuda.simulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.JCudaDriver;
import org.cryonext.engine.backend.DeviceLostException;
import org.cryonext.engine.backend.cuda.SimulatedGpu;
import org.cryonext.engine.backend.cuda.SimulatedGpu.Counters;
import org.cryonext.engine.backend.cuda.driver.DeviceMemory;
import org.cryonext.engine.backend.cuda.driver.Grid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Images that announce their accesses: races are found in any order, and bytes are counted. */
class SimulatedAccessTest {
    private Bench bench;

    @BeforeEach
    void open() {
        bench = new Bench("races.cu", SimulatedGpu.Check.ACCESSES);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private void run(String kernel, int threads, Object... arguments) {
        bench.function(kernel).launch(Grid.of(1, threads), arguments).run(bench.context().stream());
    }

    private void fails(Runnable launch, String... said) {
        assertThatThrownBy(launch::run)
                .isInstanceOf(DeviceLostException.class)
                .hasMessageContaining("CUDA_ERROR_LAUNCH_FAILED");
        assertThat(bench.gpu().message()).contains(said);
    }

    @ParameterizedTest
    @ValueSource(strings = {"neighbour_waits", "neighbour_waits_for_its_warp", "count_together"})
    void barriersAreEnough(String kernel) {
        run(kernel, 64, bench.upload(new float[64]));
        bench.context().synchronize();
    }

    @Test
    void neighboursInDynamicSharedMemoryDoNotMeet() {
        bench.function("side_by_side")
                .launch(Grid.of(1, 64).withShared(128), bench.upload(new float[64]))
                .run(bench.context().stream());
        bench.context().synchronize();
    }

    @ParameterizedTest
    @CsvSource({
        "neighbour_of_another_warp, forward, 64",
        "neighbour_of_another_warp, backward, 64",
        "neighbour_of_another_warp, shuffled, 64",
        "shuffle_is_no_barrier, forward, 32",
        "shuffle_is_no_barrier, backward, 32",
        "all_write_one, forward, 64"
    })
    void racesAreFoundInAnyOrder(String kernel, String order, int threads) {
        bench.gpu().set("order", order);
        fails(
                () -> run(kernel, threads, bench.upload(new float[64])),
                "Kernel " + kernel,
                "of the image: race: the thread",
                "without a barrier after thread (");
    }

    @Test
    void aTileThatIsWrittenTooEarly() {
        DeviceMemory y = bench.upload(new float[64]);
        run("writes_too_early", 64, y, 1);
        fails(() -> run("writes_too_early", 64, y, 2), "race: the thread");
    }

    @Test
    void copiesOfOtherThreadsNeedABarrier() {
        DeviceMemory x = bench.upload(new float[32]);
        DeviceMemory y = bench.upload(new float[32]);
        run("copies_for_others", 32, x, y, 1);
        fails(() -> run("copies_for_others", 32, x, y, 0), "shared memory");
    }

    @Test
    void sharedMemoryThatNobodyWrote() {
        fails(
                () -> run("reads_what_nobody_wrote", 64, bench.upload(new float[64])),
                "thread (63, 0, 0)",
                "reads shared memory that nobody has written");
    }

    @Test
    void memoryThatNobodyWrote() {
        DeviceMemory y = bench.upload(new float[64]);
        CUdeviceptr x = new CUdeviceptr();
        JCudaDriver.cuMemAlloc(x, 256);
        JCudaDriver.cuMemsetD8(x, (byte) 0, 100);
        long[] address = new long[1];
        JCudaDriver.cuMemcpyDtoH(Pointer.to(address), pointerTo(x), 8);
        fails(
                () -> run("copies", 64, address[0], y),
                "thread (25, 0, 0)",
                "reads memory that nobody has written",
                "at byte 100 of the 256 bytes");
    }

    /** An address as a value in the device's memory: JCuda shows it in no other way. */
    private CUdeviceptr pointerTo(CUdeviceptr value) {
        CUdeviceptr memory = new CUdeviceptr();
        JCudaDriver.cuMemAlloc(memory, 8);
        JCudaDriver.cuMemcpyHtoD(memory, Pointer.to(value), 8);
        return memory;
    }

    @Test
    void bytesAreCounted() {
        int n = 1000;
        DeviceMemory x = bench.upload(new float[n]);
        DeviceMemory y = bench.upload(new float[n]);
        bench.function("stencil").launch(Grid.of(16, 64), x, y, n).run(bench.context().stream());
        Counters counted = bench.gpu().counters().get("stencil");
        assertThat(counted.read()).isEqualTo(3 * 4 * n);
        assertThat(counted.written()).isEqualTo(4 * n);
        assertThat(counted.sectorsRead()).isEqualTo(4 * n);
        assertThat(counted.sectorsWritten()).isEqualTo(4 * n);
    }
}
