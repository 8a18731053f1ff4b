package org.cryonext.engine.backend.cuda.driver;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;
import org.cryonext.engine.backend.MemoryException;

/**
 * Memory of the host that stays where it is, so that cards copy to and from it by themselves. It is Java's own native
 * memory, registered with the driver: what the driver itself would allocate comes as a ByteBuffer, which ends at 2 GiB.
 */
public final class PinnedMemory extends Handle {
    private static final long PAGE = 4096;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment segment;

    PinnedMemory(CudaContext context, long bytes) {
        super(context);
        context.enter();
        String about = "keeping " + bytes + " bytes of the host in place";
        try {
            segment = arena.allocate(bytes, PAGE);
            int result = JCudaDriver.cuMemHostRegister(
                    new HostAddress(segment), Math.max(bytes, 1), JCudaDriver.CU_MEMHOSTREGISTER_PORTABLE);
            if (result == CUresult.CUDA_ERROR_OUT_OF_MEMORY) {
                throw new MemoryException("Pinned memory of the host", bytes, 0);
            }
            Results.check(result, "cuMemHostRegister", about);
        } catch (RuntimeException | Error e) {
            arena.close();
            throw e;
        }
        opened();
    }

    /** The memory; gone after {@link #close}, for which no copy may be under way. */
    public MemorySegment segment() {
        return segment;
    }

    @Override
    void release() {
        try {
            Results.checkRelease(
                    JCudaDriver.cuMemHostUnregister(new HostAddress(segment)), "cuMemHostUnregister", "pinned memory");
        } finally {
            arena.close();
        }
    }
}
