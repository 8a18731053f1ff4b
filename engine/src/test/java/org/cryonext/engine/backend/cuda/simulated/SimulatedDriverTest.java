package org.cryonext.engine.backend.cuda.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import jcuda.Pointer;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;
import org.cryonext.engine.backend.cuda.SimulatedGpu;
import org.cryonext.engine.backend.cuda.driver.Architecture;
import org.cryonext.engine.backend.cuda.driver.CudaDriver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The driver's calls themselves: memory and handles that are left or used again, errors on demand, several devices. */
class SimulatedDriverTest {
    private SimulatedGpu gpu;

    @BeforeEach
    void open() {
        gpu = SimulatedGpu.load();
        CudaDriver.load();
    }

    @AfterEach
    void close() {
        gpu.reset();
    }

    private static CUcontext context(int device) {
        CUdevice handle = new CUdevice();
        JCudaDriver.cuDeviceGet(handle, device);
        CUcontext context = new CUcontext();
        assertThat(JCudaDriver.cuCtxCreate(context, 0, handle)).isZero();
        return context;
    }

    private static CUdeviceptr allocate(long bytes) {
        CUdeviceptr memory = new CUdeviceptr();
        assertThat(JCudaDriver.cuMemAlloc(memory, bytes)).isZero();
        return memory;
    }

    private static CUmodule module(Architecture architecture) {
        CUmodule module = new CUmodule();
        int result = JCudaDriver.cuModuleLoadData(module, SimulatedGpu.compile(Bench.source("right.cu"), architecture));
        return result == CUresult.CUDA_SUCCESS ? module : null;
    }

    @Test
    void memoryThatNobodyWroteIsNoNumber() {
        context(0);
        float[] values = new float[5];
        assertThat(JCudaDriver.cuMemcpyDtoH(Pointer.to(values), allocate(20), 20))
                .isZero();
        assertThat(values).containsOnly(Float.NaN);
    }

    @Test
    void whatIsLeftIsCounted() {
        CUcontext context = context(0);
        allocate(100);
        JCudaDriver.cuMemFree(allocate(200));
        JCudaDriver.cuStreamCreate(new CUstream(), 0);
        module(SimulatedGpu.ARCHITECTURE);
        assertThat(gpu.holdings()).contains("of 100 bytes (cuMemAlloc)").doesNotContain("200 bytes");
        assertThat(gpu.leaks()).isEmpty();
        JCudaDriver.cuCtxDestroy(context);
        assertThat(gpu.leaks()).contains("context of device 0:", "of 100 bytes (cuMemAlloc)", "1 streams", "1 modules");
        assertThat(gpu.holdings()).isEmpty();
    }

    @Test
    void handlesAreOfNoUseAfterTheirEnd() {
        context(0);
        CUdeviceptr memory = allocate(100);
        assertThat(JCudaDriver.cuMemFree(memory)).isZero();
        assertThat(JCudaDriver.cuMemFree(memory)).isEqualTo(CUresult.CUDA_ERROR_INVALID_VALUE);
        assertThat(gpu.message()).contains("at byte 0 of the 100 bytes", "freed");
        assertThat(JCudaDriver.cuMemsetD8(memory, (byte) 1, 100)).isEqualTo(CUresult.CUDA_ERROR_INVALID_VALUE);
        CUstream stream = new CUstream();
        JCudaDriver.cuStreamCreate(stream, 0);
        assertThat(JCudaDriver.cuStreamDestroy(stream)).isZero();
        assertThat(JCudaDriver.cuStreamSynchronize(stream)).isEqualTo(CUresult.CUDA_ERROR_INVALID_HANDLE);
    }

    @Test
    void copiesStayWithinTheirMemory() {
        context(0);
        CUdeviceptr memory = allocate(100);
        assertThat(JCudaDriver.cuMemcpyHtoD(memory, Pointer.to(new byte[101]), 101))
                .isEqualTo(CUresult.CUDA_ERROR_INVALID_VALUE);
        assertThat(gpu.message()).contains("101 bytes from");
        assertThat(JCudaDriver.cuMemcpyHtoD(memory, Pointer.to(new byte[100]), 100))
                .isZero();
    }

    @Test
    void memoryEnds() {
        gpu.set("memory", "1M");
        context(0);
        allocate(700 << 10);
        assertThat(JCudaDriver.cuMemAlloc(new CUdeviceptr(), 400 << 10)).isEqualTo(CUresult.CUDA_ERROR_OUT_OF_MEMORY);
        assertThat(gpu.message()).contains("409600 bytes wanted, 331776 of 1048576 are free");
        long[] free = new long[1];
        JCudaDriver.cuMemGetInfo(free, new long[1]);
        assertThat(free[0]).isEqualTo(324 << 10);
    }

    @Test
    void callsFailOnDemand() {
        context(0);
        gpu.fail("cuMemAlloc_v2", CUresult.CUDA_ERROR_OUT_OF_MEMORY, 1);
        allocate(1);
        assertThat(JCudaDriver.cuMemAlloc(new CUdeviceptr(), 1)).isEqualTo(CUresult.CUDA_ERROR_OUT_OF_MEMORY);
        allocate(1);
        gpu.lose("cuStreamSynchronize", CUresult.CUDA_ERROR_ECC_UNCORRECTABLE, 0);
        assertThat(JCudaDriver.cuStreamSynchronize(null)).isEqualTo(CUresult.CUDA_ERROR_ECC_UNCORRECTABLE);
        assertThat(JCudaDriver.cuMemAlloc(new CUdeviceptr(), 1)).isEqualTo(CUresult.CUDA_ERROR_ECC_UNCORRECTABLE);
    }

    @Test
    void whatIsNotSimulatedSaysSo() {
        context(0);
        assertThat(JCudaDriver.cuProfilerStart()).isEqualTo(CUresult.CUDA_ERROR_NOT_SUPPORTED);
        assertThat(gpu.refused()).isEqualTo("cuProfilerStart\n");
        assertThat(gpu.message()).isEqualTo("cuProfilerStart is not simulated");
    }

    @Test
    void anImageIsForItsArchitecture() throws Exception {
        gpu.set("architecture", "86");
        context(0);
        assertThat(module(new Architecture(8, 6))).isNotNull();
        assertThat(module(new Architecture(8, 0))).isNotNull();
        assertThat(module(new Architecture(8, 9))).isNull();
        assertThat(gpu.message()).isEqualTo("The image is for sm_89, the device is sm_86");
        assertThat(module(new Architecture(7, 5))).isNull();
        CUmodule module = new CUmodule();
        byte[] library = Files.readAllBytes(SimulatedGpu.driver());
        assertThat(JCudaDriver.cuModuleLoadData(module, library)).isEqualTo(CUresult.CUDA_ERROR_INVALID_IMAGE);
        assertThat(JCudaDriver.cuModuleLoadData(module, new byte[64])).isEqualTo(CUresult.CUDA_ERROR_INVALID_IMAGE);
    }

    @Test
    void devicesDoNotShareMemory() {
        gpu.set("devices", "2");
        int[] count = new int[1];
        JCudaDriver.cuDeviceGetCount(count);
        assertThat(count[0]).isEqualTo(2);
        context(0);
        CUdeviceptr first = allocate(64);
        context(1);
        CUdeviceptr second = allocate(64);
        CUfunction add = new CUfunction();
        JCudaDriver.cuModuleGetFunction(add, module(SimulatedGpu.ARCHITECTURE), "add");
        Pointer parameters =
                Pointer.to(Pointer.to(second), Pointer.to(first), Pointer.to(second), Pointer.to(new long[] {16}));
        int result = JCudaDriver.cuLaunchKernel(add, 1, 1, 1, 32, 1, 1, 0, null, parameters, null);
        assertThat(result).isEqualTo(CUresult.CUDA_ERROR_ILLEGAL_ADDRESS);
        assertThat(gpu.message()).isEqualTo("Kernel add on device 1: parameter 1 is memory of device 0");
    }

    @Test
    void parametersThatAreMissing() {
        context(0);
        CUfunction add = new CUfunction();
        JCudaDriver.cuModuleGetFunction(add, module(SimulatedGpu.ARCHITECTURE), "add");
        assertThat(JCudaDriver.cuLaunchKernel(add, 1, 1, 1, 32, 1, 1, 0, null, null, null))
                .isEqualTo(CUresult.CUDA_ERROR_INVALID_VALUE);
        assertThat(gpu.message()).isEqualTo("Kernel add takes 4 parameters, none are given");
    }
}
