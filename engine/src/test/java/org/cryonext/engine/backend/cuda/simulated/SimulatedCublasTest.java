package org.cryonext.engine.backend.cuda.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.random.RandomGenerator;
import jcuda.Pointer;
import jcuda.cudaDataType;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.JCudaDriver;
import jcuda.jcublas.JCublas2;
import jcuda.jcublas.cublasComputeType;
import jcuda.jcublas.cublasHandle;
import jcuda.jcublas.cublasOperation;
import jcuda.jcublas.cublasStatus;
import org.cryonext.engine.backend.cuda.SimulatedGpu;
import org.cryonext.engine.backend.cuda.driver.CudaDriver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The simulated cuBLAS through JCublas2: transposes, leading dimensions, batches, types, and what it refuses. */
class SimulatedCublasTest {
    private static final int M = 3;
    private static final int N = 5;
    private static final int K = 4;

    private SimulatedGpu gpu;
    private final cublasHandle handle = new cublasHandle();

    @BeforeEach
    void open() {
        gpu = SimulatedGpu.load();
        System.load(SimulatedGpu.cublas().toString());
        CudaDriver.load();
        CUdevice device = new CUdevice();
        JCudaDriver.cuDeviceGet(device, 0);
        JCudaDriver.cuCtxCreate(new CUcontext(), 0, device);
        assertThat(JCublas2.cublasCreate(handle)).isZero();
    }

    @AfterEach
    void close() {
        JCublas2.cublasDestroy(handle);
        gpu.reset();
    }

    private static CUdeviceptr upload(float[] values) {
        CUdeviceptr memory = new CUdeviceptr();
        JCudaDriver.cuMemAlloc(memory, 4L * values.length);
        JCudaDriver.cuMemcpyHtoD(memory, Pointer.to(values), 4L * values.length);
        return memory;
    }

    private static CUdeviceptr uploadHalves(float[] values) {
        short[] halves = new short[values.length];
        for (int i = 0; i < halves.length; i++) {
            halves[i] = Float.floatToFloat16(values[i]);
        }
        CUdeviceptr memory = new CUdeviceptr();
        JCudaDriver.cuMemAlloc(memory, 2L * halves.length);
        JCudaDriver.cuMemcpyHtoD(memory, Pointer.to(halves), 2L * halves.length);
        return memory;
    }

    private static float[] random(int count) {
        RandomGenerator generator = RandomGenerator.of("L64X128MixRandom");
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = generator.nextInt(-8, 8);
        }
        return values;
    }

    private int product(
            int a,
            int b,
            CUdeviceptr x,
            int ldx,
            CUdeviceptr y,
            int ldy,
            float beta,
            CUdeviceptr z,
            int ldz,
            int type) {
        return JCublas2.cublasGemmEx_new(
                handle,
                a,
                b,
                M,
                N,
                K,
                Pointer.to(new float[] {2}),
                x,
                type,
                ldx,
                y,
                type,
                ldy,
                Pointer.to(new float[] {beta}),
                z,
                cudaDataType.CUDA_R_32F,
                ldz,
                cublasComputeType.CUBLAS_COMPUTE_32F,
                -1);
    }

    @ParameterizedTest
    @CsvSource({"false, false, false", "true, false, false", "false, true, true", "true, true, true"})
    void columnsLieBehindEachOther(boolean transposedX, boolean transposedY, boolean halves) {
        int ldx = (transposedX ? K : M) + 2;
        int ldy = (transposedY ? N : K) + 1;
        int ldz = M + 1;
        float[] x = random(ldx * (transposedX ? M : K));
        float[] y = random(ldy * (transposedY ? K : N));
        float[] z = random(ldz * N);
        float[] expected = z.clone();
        for (int i = 0; i < M; i++) {
            for (int j = 0; j < N; j++) {
                float sum = 0;
                for (int at = 0; at < K; at++) {
                    sum += x[transposedX ? at + i * ldx : i + at * ldx] * y[transposedY ? j + at * ldy : at + j * ldy];
                }
                expected[i + j * ldz] = 2 * sum + 3 * z[i + j * ldz];
            }
        }
        CUdeviceptr result = upload(z);
        int status = product(
                transposedX ? cublasOperation.CUBLAS_OP_T : cublasOperation.CUBLAS_OP_N,
                transposedY ? cublasOperation.CUBLAS_OP_T : cublasOperation.CUBLAS_OP_N,
                halves ? uploadHalves(x) : upload(x),
                ldx,
                halves ? uploadHalves(y) : upload(y),
                ldy,
                3,
                result,
                ldz,
                halves ? cudaDataType.CUDA_R_16F : cudaDataType.CUDA_R_32F);
        assertThat(status).isZero();
        float[] actual = new float[expected.length];
        JCudaDriver.cuMemcpyDtoH(Pointer.to(actual), result, 4L * actual.length);
        assertThat(actual).isEqualTo(expected);
    }

    @Test
    void whatWasThereIsNotReadWhenItsFactorIsZero() {
        CUdeviceptr z = new CUdeviceptr();
        JCudaDriver.cuMemAlloc(z, 4L * M * N);
        CUdeviceptr x = upload(new float[M * K]);
        CUdeviceptr y = upload(new float[K * N]);
        assertThat(product(0, 0, x, M, y, K, 0, z, M, cudaDataType.CUDA_R_32F)).isZero();
        float[] actual = new float[M * N];
        JCudaDriver.cuMemcpyDtoH(Pointer.to(actual), z, 4L * actual.length);
        assertThat(actual).containsOnly(0);
    }

    @Test
    void leadingDimensionsAndMemoryThatAreTooSmall() {
        CUdeviceptr x = upload(new float[M * K]);
        CUdeviceptr y = upload(new float[K * N]);
        CUdeviceptr z = upload(new float[M * N]);
        int single = cudaDataType.CUDA_R_32F;
        assertThat(product(0, 0, x, M - 1, y, K, 0, z, M, single)).isEqualTo(cublasStatus.CUBLAS_STATUS_INVALID_VALUE);
        assertThat(product(0, 0, x, M, y, K, 0, z, M - 1, single)).isEqualTo(cublasStatus.CUBLAS_STATUS_INVALID_VALUE);
        assertThat(product(0, 0, x, M + 1, y, K, 0, z, M, single)).isEqualTo(cublasStatus.CUBLAS_STATUS_MAPPING_ERROR);
        assertThat(product(0, 0, x, M, y, K, 0, z, M, cudaDataType.CUDA_R_64F))
                .isEqualTo(cublasStatus.CUBLAS_STATUS_NOT_SUPPORTED);
    }
}
