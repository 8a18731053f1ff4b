package org.cryonext.engine.backend.cuda.driver;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import jcuda.driver.CUfunction;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;
import org.cryonext.engine.backend.DeviceLostException;

/**
 * A kernel with its shape and arguments. The arguments lie outside Java's heap from the beginning, so that a run hands over
 * one address and allocates nothing.
 */
public final class Launch {
    private static final int SLOT = Long.BYTES;

    private final CudaFunction function;
    private final CUfunction handle;
    private final Grid grid;
    private final MemorySegment memory;
    private final HostAddress pointers;

    Launch(CudaFunction function, Grid grid, Object... arguments) {
        this.function = function;
        this.handle = function.handle();
        this.grid = grid;
        // A slot for each argument, then the list of their addresses that the driver takes.
        this.memory = Arena.ofAuto().allocate(2L * SLOT * Math.max(1, arguments.length), SLOT);
        long list = (long) SLOT * arguments.length;
        for (int i = 0; i < arguments.length; i++) {
            long at = (long) SLOT * i;
            switch (arguments[i]) {
                case Long value -> memory.set(ValueLayout.JAVA_LONG, at, value);
                case Integer value -> memory.set(ValueLayout.JAVA_INT, at, value);
                case Float value -> memory.set(ValueLayout.JAVA_FLOAT, at, value);
                case DeviceMemory value -> memory.set(ValueLayout.JAVA_LONG, at, value.address());
                default ->
                    throw new IllegalArgumentException("Argument " + i + " of " + function + " is " + arguments[i]
                            + ", expected a Long, an Integer, a Float or memory of the device");
            }
            memory.set(ValueLayout.JAVA_LONG, list + at, memory.address() + at);
        }
        this.pointers = new HostAddress(memory.asSlice(list));
    }

    /**
     * Runs it after what the stream has to do already.
     *
     * @throws CudaException if the card does not take it
     * @throws DeviceLostException if something that ran before has failed
     */
    public void run(CudaStream stream) {
        function.context().enter();
        int result = JCudaDriver.cuLaunchKernel(
                handle,
                grid.x(),
                grid.y(),
                grid.z(),
                grid.blockX(),
                grid.blockY(),
                grid.blockZ(),
                grid.sharedBytes(),
                stream.handle(),
                pointers,
                null);
        if (result != CUresult.CUDA_SUCCESS) {
            throw Results.failure(result, "cuLaunchKernel", "launching " + this + stream.before());
        }
        stream.launched(this);
        Reference.reachabilityFence(memory);
    }

    /** The kernel with its shape: {@code gelu_forward_f32<<<(64, 1, 1), (256, 1, 1), 0 bytes>>>}. */
    @Override
    public String toString() {
        return function.name() + grid;
    }
}
