package org.cryonext.engine.backend.cuda.driver;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import jcuda.Pointer;
import jcuda.driver.CUfunction;
import jcuda.driver.CUjit_option;
import jcuda.driver.CUmodule;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;
import org.cryonext.engine.io.InputException;

/** Kernels of one image, loaded. */
public final class CudaModule extends Handle {
    private static final byte[] ELF = {0x7f, 'E', 'L', 'F'};
    private static final int LOG_BYTES = 8192;

    private final CUmodule module = new CUmodule();
    private final String what;

    CudaModule(CudaContext context, byte[] image, String what) {
        super(context);
        this.what = what;
        context.enter();
        if (Arrays.equals(ELF, Arrays.copyOf(image, ELF.length))) {
            int result = JCudaDriver.cuModuleLoadData(module, image);
            check(result, "cuModuleLoadData", "");
        } else {
            compile(image);
        }
        opened();
    }

    /** PTX is compiled by the driver, which can say what it does not like. */
    private void compile(byte[] text) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment log = arena.allocate(LOG_BYTES);
            MemorySegment values = arena.allocate(ValueLayout.JAVA_LONG, 2);
            values.setAtIndex(ValueLayout.JAVA_LONG, 0, log.address());
            values.setAtIndex(ValueLayout.JAVA_LONG, 1, LOG_BYTES);
            int[] options = {
                CUjit_option.CU_JIT_ERROR_LOG_BUFFER, CUjit_option.CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES,
            };
            // The driver reads up to a zero.
            byte[] terminated = Arrays.copyOf(text, text.length + 1);
            int result = JCudaDriver.cuModuleLoadDataEx(
                    module, Pointer.to(terminated), options.length, options, new HostAddress(values));
            check(result, "cuModuleLoadDataEx", log.getString(0).strip());
        }
    }

    private void check(int result, String call, String log) {
        CudaDevice device = context().device();
        switch (result) {
            case CUresult.CUDA_ERROR_NO_BINARY_FOR_GPU, CUresult.CUDA_ERROR_INVALID_IMAGE ->
                throw new InputException(what + " holds no kernels that the card " + device + " of architecture "
                        + device.architecture() + " can run (" + Results.name(result) + "); make them by: cryonext"
                        + " kernels --arch " + device.architecture() + " --out DIR");
            case CUresult.CUDA_ERROR_UNSUPPORTED_PTX_VERSION ->
                throw new InputException(what
                        + " was made by a compiler that is newer than this machine's NVIDIA driver;"
                        + " update the driver, or make cubins by: cryonext kernels --arch " + device.architecture()
                        + " --out DIR");
            default -> Results.check(result, call, "loading " + what + (log.isEmpty() ? "" : ", " + log));
        }
    }

    /**
     * One of its kernels.
     *
     * @throws InputException if there is none of this name
     */
    public CudaFunction function(String name) {
        requireOpen();
        context().enter();
        CUfunction function = new CUfunction();
        int result = JCudaDriver.cuModuleGetFunction(function, module, name);
        if (result == CUresult.CUDA_ERROR_NOT_FOUND) {
            throw new InputException(what + " holds no kernel " + name + "; it was made from other sources");
        }
        Results.check(result, "cuModuleGetFunction", name + " of " + what);
        return new CudaFunction(this, function, name);
    }

    @Override
    void release() {
        Results.checkRelease(JCudaDriver.cuModuleUnload(module), "cuModuleUnload", what);
    }
}
