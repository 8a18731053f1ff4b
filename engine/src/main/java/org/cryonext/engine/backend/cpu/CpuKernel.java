package org.cryonext.engine.backend.cpu;

import java.util.function.Function;
import org.cryonext.engine.backend.Bindings;
import org.cryonext.engine.backend.Kernel;

/**
 * A kernel as its memory and how it is bound.
 *
 * @param scratchFloats working memory
 * @param residentFloats memory of its own
 * @param binder makes the step
 */
record CpuKernel(int scratchFloats, int residentFloats, Function<Bindings, Step> binder) implements Kernel {
    CpuKernel(int scratchFloats, Function<Bindings, Step> binder) {
        this(scratchFloats, 0, binder);
    }

    @Override
    public long scratchBytes() {
        return 4L * scratchFloats;
    }

    @Override
    public long residentBytes() {
        return 4L * residentFloats;
    }

    @Override
    public Step bind(Bindings bindings) {
        return binder.apply(bindings);
    }

    static CpuBlock in(Bindings bindings, String name) {
        return (CpuBlock) bindings.in(name);
    }

    static CpuBlock out(Bindings bindings, int index) {
        return (CpuBlock) bindings.out(index);
    }

    static CpuBlock scratch(Bindings bindings) {
        return (CpuBlock) bindings.scratch();
    }
}
