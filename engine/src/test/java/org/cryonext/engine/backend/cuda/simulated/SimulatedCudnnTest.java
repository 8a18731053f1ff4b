package org.cryonext.engine.backend.cuda.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import jcuda.Pointer;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.JCudaDriver;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnConvolutionBwdDataAlgoPerf;
import jcuda.jcudnn.cudnnConvolutionDescriptor;
import jcuda.jcudnn.cudnnConvolutionMode;
import jcuda.jcudnn.cudnnDataType;
import jcuda.jcudnn.cudnnDeterminism;
import jcuda.jcudnn.cudnnFilterDescriptor;
import jcuda.jcudnn.cudnnHandle;
import jcuda.jcudnn.cudnnMathType;
import jcuda.jcudnn.cudnnTensorDescriptor;
import jcuda.jcudnn.cudnnTensorFormat;
import org.cryonext.engine.backend.cuda.SimulatedGpu;
import org.cryonext.engine.backend.cuda.driver.CudaDriver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The simulated cuDNN through JCudnn: what it computes, and what it refuses. */
class SimulatedCudnnTest {
    private static final int LAST = cudnnTensorFormat.CUDNN_TENSOR_NHWC;
    private static final int FLOAT = cudnnDataType.CUDNN_DATA_FLOAT;

    private SimulatedGpu gpu;
    private final cudnnHandle handle = new cudnnHandle();
    private final cudnnTensorDescriptor x = new cudnnTensorDescriptor();
    private final cudnnTensorDescriptor y = new cudnnTensorDescriptor();
    private final cudnnFilterDescriptor w = new cudnnFilterDescriptor();
    private final cudnnConvolutionDescriptor convolution = new cudnnConvolutionDescriptor();

    /** One image of 1 x 2 with two channels, two filters of 1 x 1. */
    @BeforeEach
    void open() {
        gpu = SimulatedGpu.load();
        System.load(SimulatedGpu.cudnn().toString());
        CudaDriver.load();
        CUdevice device = new CUdevice();
        JCudaDriver.cuDeviceGet(device, 0);
        JCudaDriver.cuCtxCreate(new CUcontext(), 0, device);
        ok(JCudnn.cudnnCreate(handle));
        ok(JCudnn.cudnnCreateTensorDescriptor(x));
        ok(JCudnn.cudnnCreateTensorDescriptor(y));
        ok(JCudnn.cudnnCreateFilterDescriptor(w));
        ok(JCudnn.cudnnCreateConvolutionDescriptor(convolution));
        ok(JCudnn.cudnnSetTensor4dDescriptor(x, LAST, FLOAT, 1, 2, 1, 2));
        ok(JCudnn.cudnnSetTensor4dDescriptor(y, LAST, FLOAT, 1, 2, 1, 2));
        ok(JCudnn.cudnnSetFilter4dDescriptor(w, FLOAT, LAST, 2, 2, 1, 1));
        ok(JCudnn.cudnnSetConvolution2dDescriptor(
                convolution, 0, 0, 1, 1, 1, 1, cudnnConvolutionMode.CUDNN_CROSS_CORRELATION, FLOAT));
    }

    @AfterEach
    void close() {
        JCudnn.cudnnDestroyConvolutionDescriptor(convolution);
        JCudnn.cudnnDestroyFilterDescriptor(w);
        JCudnn.cudnnDestroyTensorDescriptor(y);
        JCudnn.cudnnDestroyTensorDescriptor(x);
        JCudnn.cudnnDestroy(handle);
        gpu.reset();
    }

    private static void ok(int status) {
        assertThat(JCudnn.cudnnGetErrorString(status)).isEqualTo("CUDNN_STATUS_SUCCESS");
    }

    private static CUdeviceptr upload(float... values) {
        CUdeviceptr memory = new CUdeviceptr();
        JCudaDriver.cuMemAlloc(memory, 4L * values.length);
        JCudaDriver.cuMemcpyHtoD(memory, Pointer.to(values), 4L * values.length);
        return memory;
    }

    private String forward(CUdeviceptr images, CUdeviceptr filters, CUdeviceptr results, int algorithm, long bytes) {
        CUdeviceptr workspace = new CUdeviceptr();
        JCudaDriver.cuMemAlloc(workspace, 4096);
        return JCudnn.cudnnGetErrorString(JCudnn.cudnnConvolutionForward(
                handle,
                Pointer.to(new float[] {1}),
                x,
                images,
                w,
                filters,
                convolution,
                algorithm,
                workspace,
                bytes,
                Pointer.to(new float[] {0}),
                y,
                results));
    }

    @Test
    void roundsToTf32UnlessItIsForbidden() {
        CUdeviceptr images = upload(1 + 0x1p-20f, 0, 2, 3);
        CUdeviceptr filters = upload(1, 10, 100, 1000);
        CUdeviceptr results = upload(9, 9, 9, 9);
        float[] actual = new float[4];
        assertThat(forward(images, filters, results, 0, 0)).isEqualTo("CUDNN_STATUS_SUCCESS");
        JCudaDriver.cuMemcpyDtoH(Pointer.to(actual), results, 16);
        assertThat(actual).containsExactly(1, 100, 32, 3200);
        ok(JCudnn.cudnnSetConvolutionMathType(convolution, cudnnMathType.CUDNN_FMA_MATH));
        assertThat(forward(images, filters, results, 1, 4096)).isEqualTo("CUDNN_STATUS_SUCCESS");
        JCudaDriver.cuMemcpyDtoH(Pointer.to(actual), results, 16);
        assertThat(actual).containsExactly(1 + 0x1p-20f, 100 * (1 + 0x1p-20f), 32, 3200);
    }

    @Test
    void refusesWhatDoesNotFit() {
        CUdeviceptr four = upload(1, 2, 3, 4);
        CUdeviceptr three = upload(1, 2, 3);
        assertThat(forward(four, four, three, 0, 0)).isEqualTo("CUDNN_STATUS_EXECUTION_FAILED");
        assertThat(forward(three, four, four, 0, 0)).isEqualTo("CUDNN_STATUS_EXECUTION_FAILED");
        assertThat(forward(four, four, four, 1, 64)).isEqualTo("CUDNN_STATUS_BAD_PARAM_SIZE_INSUFFICIENT");
        assertThat(forward(four, four, four, 6, 0)).isEqualTo("CUDNN_STATUS_NOT_SUPPORTED");
        ok(JCudnn.cudnnSetConvolutionGroupCount(convolution, 2));
        assertThat(forward(four, four, four, 0, 0)).isEqualTo("CUDNN_STATUS_BAD_PARAM_SHAPE_MISMATCH");
        ok(JCudnn.cudnnSetConvolutionGroupCount(convolution, 1));
        ok(JCudnn.cudnnSetTensor4dDescriptor(y, LAST, cudnnDataType.CUDNN_DATA_HALF, 1, 2, 1, 2));
        assertThat(forward(four, four, four, 0, 0)).isEqualTo("CUDNN_STATUS_NOT_SUPPORTED");
        ok(JCudnn.cudnnDestroyTensorDescriptor(y));
        assertThat(forward(four, four, four, 0, 0)).isEqualTo("CUDNN_STATUS_BAD_PARAM");
    }

    @Test
    void offersWhatIsNotDeterministicFirst() {
        int[] count = new int[1];
        cudnnConvolutionBwdDataAlgoPerf[] found = new cudnnConvolutionBwdDataAlgoPerf[6];
        ok(JCudnn.cudnnGetConvolutionBackwardDataAlgorithm_v7(
                handle, w, y, convolution, x, found.length, count, found));
        assertThat(count[0]).isEqualTo(5);
        assertThat(found[0].determinism).isEqualTo(cudnnDeterminism.CUDNN_NON_DETERMINISTIC);
        assertThat(found[1].determinism).isEqualTo(cudnnDeterminism.CUDNN_DETERMINISTIC);
        assertThat(found[2].status).isNotZero();
        assertThat(found[4].algo).isEqualTo(found[1].algo);
    }

    @Test
    void countsWhatNobodyDestroyed() throws Throwable {
        long before = living();
        JCudnn.cudnnDestroyTensorDescriptor(x);
        assertThat(living()).isEqualTo(before - 1);
    }

    private static long living() throws Throwable {
        SymbolLookup library = SymbolLookup.libraryLookup(SimulatedGpu.cudnn(), Arena.global());
        return (long) Linker.nativeLinker()
                .downcallHandle(
                        library.findOrThrow("simulated_cudnn_living"), FunctionDescriptor.of(ValueLayout.JAVA_LONG))
                .invokeExact();
    }
}
