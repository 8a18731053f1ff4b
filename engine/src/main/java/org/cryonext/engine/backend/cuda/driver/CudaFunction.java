package org.cryonext.engine.backend.cuda.driver;

import jcuda.driver.CUfunction;
import jcuda.driver.CUfunction_attribute;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/** A kernel; usable as long as its module is open. */
public final class CudaFunction {
    private final CudaModule module;
    private final CUfunction function;
    private final String name;
    private int allowedBytes;

    CudaFunction(CudaModule module, CUfunction function, String name) {
        this.module = module;
        this.function = function;
        this.name = name;
    }

    CUfunction handle() {
        module.requireOpen();
        return function;
    }

    CudaContext context() {
        return module.context();
    }

    /** Its name in the source. */
    public String name() {
        return name;
    }

    /**
     * Allows launches with so much dynamic shared memory; without this they may have 48 KiB. What was allowed before stays allowed.
     *
     * @throws IllegalArgumentException if the card has not so much for a block
     */
    public void sharedBytes(int dynamic) {
        if (dynamic <= allowedBytes) {
            return;
        }
        context().enter();
        int result = JCudaDriver.cuFuncSetAttribute(
                handle(), CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, dynamic);
        if (result == CUresult.CUDA_ERROR_INVALID_VALUE) {
            throw new IllegalArgumentException(
                    name + " wants " + dynamic + " bytes of dynamic shared memory beside its "
                            + staticSharedBytes() + " static ones, but a block of the card "
                            + context().device()
                            + " has at most " + context().device().sharedBytesPerBlock());
        }
        Results.check(result, "cuFuncSetAttribute", name + " with " + dynamic + " bytes of dynamic shared memory");
        allowedBytes = dynamic;
    }

    /** Bytes of shared memory that it declares. */
    public int staticSharedBytes() {
        return attribute(CUfunction_attribute.CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES);
    }

    /** Bytes a thread has outside its registers; more than none means that registers were spilled or arrays are indexed. */
    public int localBytes() {
        return attribute(CUfunction_attribute.CU_FUNC_ATTRIBUTE_LOCAL_SIZE_BYTES);
    }

    /** Registers of a thread. */
    public int registers() {
        return attribute(CUfunction_attribute.CU_FUNC_ATTRIBUTE_NUM_REGS);
    }

    /** Threads a block may have at most. */
    public int mostThreads() {
        return attribute(CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK);
    }

    private int attribute(int which) {
        context().enter();
        int[] value = new int[1];
        Results.check(JCudaDriver.cuFuncGetAttribute(value, which, handle()), "cuFuncGetAttribute", name);
        return value[0];
    }

    /**
     * Fixes shape and arguments of a launch, which then runs any number of times.
     *
     * @param arguments in the kernel's order: a Long for an address or a 64-bit integer, an Integer, a Float, or a {@link
     *     DeviceMemory} for its address; the driver does not check them
     */
    public Launch launch(Grid grid, Object... arguments) {
        return new Launch(this, grid, arguments);
    }

    @Override
    public String toString() {
        return name;
    }
}
