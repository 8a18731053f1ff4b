package org.cryonext.engine.backend.cuda.driver;

import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnHandle;
import jcuda.runtime.cudaStream_t;
import org.cryonext.engine.io.InputException;

/** cuDNN on a context's own stream. Calls may be recorded in graphs: what memory they work in is given to them. */
public final class Cudnn extends Handle {
    private static final int SUCCESS = 0;

    private final cudnnHandle handle = new cudnnHandle();
    private final String version;

    private Cudnn(CudaContext context, String version) {
        super(context);
        this.version = version;
        context.enter();
        check(JCudnn.cudnnCreate(handle), "cudnnCreate", "on device " + context.device());
        try {
            check(
                    JCudnn.cudnnSetStream(
                            handle, new cudaStream_t(context.stream().handle())),
                    "cudnnSetStream",
                    "the context's own stream");
        } catch (RuntimeException e) {
            JCudnn.cudnnDestroy(handle);
            throw e;
        }
        opened();
    }

    /**
     * Loads the library, if that has not been done, and opens it for a context.
     *
     * @throws InputException if it is not on this machine, or not in the version that JCuda takes
     */
    public static Cudnn open(CudaContext context) {
        CudaLibrary.Search search = CudaLibrary.CUDNN.search();
        CudaLibrary.Found found =
                search.found().orElseThrow(() -> new InputException("cuDNN cannot be used: " + search.missing()));
        JcudaNatives.load("JCudnn", JCudnn.class, () -> JCudnn.setExceptionsEnabled(false));
        return new Cudnn(context, found.version());
    }

    /** For instance 9.5.1. */
    public String version() {
        return version;
    }

    /**
     * A convolution.
     *
     * @throws CudaException if cuDNN has none of this shape
     */
    public Convolution convolution(ConvolutionShape shape) {
        return new Convolution(this, shape);
    }

    cudnnHandle handle() {
        requireOpen();
        return handle;
    }

    static void check(int status, String call, Object about) {
        if (status != SUCCESS) {
            // JCuda's own names are those of older versions.
            String error = JCudnn.cudnnGetErrorString(status);
            throw new CudaException(error, call + " failed with " + error + ": " + about);
        }
    }

    @Override
    void release() {
        JCudnn.cudnnDestroy(handle);
    }
}
