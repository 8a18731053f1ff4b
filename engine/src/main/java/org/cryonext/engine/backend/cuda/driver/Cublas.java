package org.cryonext.engine.backend.cuda.driver;

import jcuda.cudaDataType;
import jcuda.jcublas.JCublas2;
import jcuda.jcublas.cublasComputeType;
import jcuda.jcublas.cublasGemmAlgo;
import jcuda.jcublas.cublasHandle;
import jcuda.jcublas.cublasMath;
import jcuda.jcublas.cublasOperation;
import jcuda.jcublas.cublasStatus;
import jcuda.runtime.cudaStream_t;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.tensor.DType;

/**
 * cuBLAS on a context's own stream. Its sums have no atomic additions and no less than F32, so the same call gives the same
 * bits on the same card. Calls may be recorded in graphs: the memory that it works in is allocated when it is opened.
 */
public final class Cublas extends Handle {
    /** What NVIDIA recommends for its own memory, from Hopper on and before. */
    private static final long LARGE_WORKSPACE = 32L << 20;

    private static final long SMALL_WORKSPACE = 4L << 20;
    private static final int FIRST_WITH_LARGE = 9;

    private final cublasHandle handle = new cublasHandle();
    private final String version;
    private final DeviceMemory workspace;

    private Cublas(CudaContext context, String version) {
        super(context);
        this.version = version;
        // One for all calls, which run one after another; allocated here, where plans of programs see that it is taken.
        boolean large = context.device().architecture().major() >= FIRST_WITH_LARGE;
        workspace = context.allocate(large ? LARGE_WORKSPACE : SMALL_WORKSPACE);
        try {
            check(JCublas2.cublasCreate(handle), "cublasCreate", "on device " + context.device());
        } catch (RuntimeException e) {
            workspace.close();
            throw e;
        }
        try {
            check(
                    JCublas2.cublasSetStream(
                            handle, new cudaStream_t(context.stream().handle())),
                    "cublasSetStream",
                    "the context's own stream");
            // The stream takes away what was set before.
            check(
                    JCublas2.cublasSetWorkspace(handle, new DeviceAddress(workspace.address()), workspace.bytes()),
                    "cublasSetWorkspace",
                    workspace.bytes() + " bytes");
            // Without this, sums over parts of F16 factors may be rounded to F16 between.
            int math = cublasMath.CUBLAS_MATH_DISALLOW_REDUCED_PRECISION_REDUCTION;
            check(JCublas2.cublasSetMathMode(handle, math), "cublasSetMathMode", "sums in F32");
        } catch (RuntimeException e) {
            release();
            throw e;
        }
        opened();
    }

    /**
     * Loads the library, if that has not been done, and opens it for a context.
     *
     * @throws InputException if it is not on this machine, or not in the version that JCuda takes
     */
    public static Cublas open(CudaContext context) {
        CudaLibrary.Search search = CudaLibrary.CUBLAS.search();
        CudaLibrary.Found found =
                search.found().orElseThrow(() -> new InputException("cuBLAS cannot be used: " + search.missing()));
        JcudaNatives.load("JCublas2", JCublas2.class, () -> JCublas2.setExceptionsEnabled(false));
        return new Cublas(context, found.version());
    }

    /** For instance 12.6.1. */
    public String version() {
        return version;
    }

    /**
     * A product of matrices in the card's memory.
     *
     * @param adding whether out keeps what it holds and the product is added to it
     */
    public LibraryCall multiply(MatrixProduct product, long left, long right, long out, boolean adding) {
        int factors = type(product.factors());
        int result = type(product.result());
        int compute = product.factors() == DType.F32 && product.tf32()
                ? cublasComputeType.CUBLAS_COMPUTE_32F_FAST_TF32
                : cublasComputeType.CUBLAS_COMPUTE_32F;
        // Its matrices lie column by column: what it takes for a matrix is ours turned, so the product is turned as
        // well.
        int first = product.rightTurned() ? cublasOperation.CUBLAS_OP_T : cublasOperation.CUBLAS_OP_N;
        int second = product.leftTurned() ? cublasOperation.CUBLAS_OP_T : cublasOperation.CUBLAS_OP_N;
        int firstLine = product.rightTurned() ? product.depth() : product.columns();
        int secondLine = product.leftTurned() ? product.rows() : product.depth();
        DeviceAddress leftAddress = new DeviceAddress(left);
        DeviceAddress rightAddress = new DeviceAddress(right);
        DeviceAddress outAddress = new DeviceAddress(out);
        return () -> {
            requireOpen();
            context().enter();
            int status = JCublas2.cublasGemmEx_new(
                    handle,
                    first,
                    second,
                    product.columns(),
                    product.rows(),
                    product.depth(),
                    Factors.ONE,
                    rightAddress,
                    factors,
                    firstLine,
                    leftAddress,
                    factors,
                    secondLine,
                    adding ? Factors.ONE : Factors.ZERO,
                    outAddress,
                    result,
                    product.columns(),
                    compute,
                    cublasGemmAlgo.CUBLAS_GEMM_DEFAULT);
            if (status != cublasStatus.CUBLAS_STATUS_SUCCESS) {
                throw failure(status, "cublasGemmEx", product.toString());
            }
        };
    }

    private static int type(DType dtype) {
        return switch (dtype) {
            case F32 -> cudaDataType.CUDA_R_32F;
            case F16 -> cudaDataType.CUDA_R_16F;
            case BF16 -> cudaDataType.CUDA_R_16BF;
            default -> throw new IllegalArgumentException("cuBLAS has no products of " + dtype + " here");
        };
    }

    private static void check(int status, String call, String about) {
        if (status != cublasStatus.CUBLAS_STATUS_SUCCESS) {
            throw failure(status, call, about);
        }
    }

    private static CudaException failure(int status, String call, String about) {
        String error = JCublas2.cublasGetStatusName(status);
        return new CudaException(error, call + " failed with " + error + ": " + about);
    }

    @Override
    void release() {
        JCublas2.cublasDestroy(handle);
        workspace.close();
    }
}
