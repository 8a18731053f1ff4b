package org.cryonext.engine.backend.cuda;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.cryonext.engine.backend.Kernel;
import org.cryonext.engine.backend.cuda.driver.CudaDevice;
import org.cryonext.engine.backend.cuda.driver.Grid;

/** On paper: a step notes what it would launch. */
final class PaperKernels extends CudaKernels {
    private final CudaDevice device;
    private final PaperMemory memory;
    private List<PlannedLaunch> noted = new ArrayList<>();

    PaperKernels(CudaDevice device, PaperMemory memory) {
        this.device = device;
        this.memory = memory;
    }

    /** What was noted since the last call. */
    List<PlannedLaunch> take() {
        List<PlannedLaunch> taken = noted;
        noted = new ArrayList<>();
        return taken;
    }

    @Override
    KernelFunction function(String source, String name) {
        return new KernelFunction() {
            @Override
            public void sharedBytes(int dynamic) {
                if (dynamic > device.sharedBytesPerBlock()) {
                    throw new IllegalArgumentException(name + " wants " + dynamic
                            + " bytes of shared memory, but a block of " + device + " has at most "
                            + device.sharedBytesPerBlock());
                }
            }

            @Override
            public Kernel.Step launch(Grid grid, Object... arguments) {
                return note(name, grid, new LaunchCounter(name, grid, arguments, memory).count());
            }
        };
    }

    private Kernel.Step note(String name, Grid grid, LaunchWork work) {
        PlannedLaunch launch = new PlannedLaunch(name, grid, work);
        return () -> noted.add(launch);
    }

    @Override
    CudaDevice device() {
        return device;
    }

    @Override
    Kernel.Step fill(long address, byte value, long bytes) {
        return note("memset", Grid.of(1, 1), new LaunchWork(0, bytes, 0, 0, 1));
    }

    @Override
    Kernel.Step copy(long from, long to, long bytes) {
        return note("memcpy", Grid.of(1, 1), new LaunchWork(bytes, bytes, 0, 0, 1));
    }

    @Override
    Piece allocate(long bytes) {
        PaperSlab slab = new PaperSlab(memory.allocate(bytes), bytes);
        return new Piece(slab, slab.address());
    }

    @Override
    void upload(MemorySegment from, long address) {
        memory.upload(from, address);
    }
}
