package org.cryonext.engine.backend.cuda;

import java.util.function.Function;
import org.cryonext.engine.backend.Bindings;
import org.cryonext.engine.backend.Kernel;

/**
 * A kernel as its memory and how it is bound.
 *
 * @param scratchBytes working memory
 * @param residentBytes memory of its own
 * @param binder makes the step
 */
record CudaKernel(long scratchBytes, long residentBytes, Function<Bindings, Step> binder) implements Kernel {
    CudaKernel(long scratchBytes, Function<Bindings, Step> binder) {
        this(scratchBytes, 0, binder);
    }

    CudaKernel(Function<Bindings, Step> binder) {
        this(0, 0, binder);
    }

    @Override
    public Step bind(Bindings bindings) {
        return binder.apply(bindings);
    }

    static CudaBlock in(Bindings bindings, String name) {
        return (CudaBlock) bindings.in(name);
    }

    static CudaBlock out(Bindings bindings, int index) {
        return (CudaBlock) bindings.out(index);
    }

    /** An input's address; 0, which kernels take for nothing, where it is left out. */
    static long at(Bindings bindings, String name) {
        return at(in(bindings, name));
    }

    /** An output's address; 0, which kernels take for nothing, where nothing reads it. */
    static long at(Bindings bindings, int output) {
        return at(out(bindings, output));
    }

    /** Address of the working memory, from a number of floats on. */
    static long scratch(Bindings bindings, long floats) {
        return ((CudaBlock) bindings.scratch()).address() + 4 * floats;
    }

    private static long at(CudaBlock block) {
        return block == null ? 0 : block.address();
    }
}
