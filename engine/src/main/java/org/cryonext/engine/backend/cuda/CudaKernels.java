package org.cryonext.engine.backend.cuda;

import java.lang.foreign.MemorySegment;
import java.util.Locale;
import org.cryonext.engine.backend.Kernel;
import org.cryonext.engine.backend.Slab;
import org.cryonext.engine.backend.cuda.driver.CudaDevice;
import org.cryonext.engine.tensor.DType;

/** What operators are made of: the functions of the {@code .cu} files, and copies. */
abstract class CudaKernels {
    /**
     * A function.
     *
     * @param source name of the file, without its ending
     * @param name as in the file
     */
    abstract KernelFunction function(String source, String name);

    /** The card that it is for. */
    abstract CudaDevice device();

    /** Sets every byte of a piece of the card's memory. */
    abstract Kernel.Step fill(long address, byte value, long bytes);

    /** Copies within the card. */
    abstract Kernel.Step copy(long from, long to, long bytes);

    /** Copies to the card, now. */
    abstract void upload(MemorySegment from, long address);

    /**
     * Memory that is not part of a plan.
     *
     * @param slab to be closed
     * @param address where it begins
     */
    record Piece(Slab slab, long address) {}

    /** Allocates memory. */
    abstract Piece allocate(long bytes);

    /** A function of an element type. */
    final KernelFunction function(String source, String name, DType dtype) {
        return function(source, name + "_" + suffix(dtype));
    }

    /** As functions of an element type end. */
    static String suffix(DType dtype) {
        return dtype.name().toLowerCase(Locale.ROOT);
    }

    /** A step of several, one after another. */
    final Kernel.Step step(Kernel.Step... steps) {
        if (steps.length == 1) {
            return steps[0];
        }
        return () -> {
            for (Kernel.Step step : steps) {
                step.run();
            }
        };
    }
}
