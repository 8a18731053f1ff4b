package org.cryonext.engine.backend.cuda.driver;

import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;
import org.cryonext.engine.backend.MemoryException;

/** A piece of a card's memory. */
public final class DeviceMemory extends Handle {
    private final DeviceAddress address = new DeviceAddress();
    private final long bytes;

    DeviceMemory(CudaContext context, long bytes) {
        super(context);
        if (bytes < 0) {
            throw new IllegalArgumentException("Memory of " + bytes + " bytes");
        }
        this.bytes = bytes;
        context.enter();
        // The driver gives no address for nothing.
        long size = Math.max(bytes, 1);
        int result = context.device().memoryPools()
                ? JCudaDriver.cuMemAllocAsync(address, size, context.stream().handle())
                : JCudaDriver.cuMemAlloc(address, size);
        if (result == CUresult.CUDA_ERROR_OUT_OF_MEMORY) {
            throw new MemoryException("The card " + context.device(), bytes, context.freeBytes());
        }
        Results.check(
                result,
                context.device().memoryPools() ? "cuMemAllocAsync" : "cuMemAlloc",
                bytes + " bytes of device " + context.device());
        opened();
    }

    /** Where it begins: a multiple of 16, on a card of 256. */
    public long address() {
        requireOpen();
        return address.value();
    }

    /** Its size as asked for. */
    public long bytes() {
        return bytes;
    }

    @Override
    void release() {
        boolean pools = context().device().memoryPools();
        Results.checkRelease(
                pools
                        ? JCudaDriver.cuMemFreeAsync(address, context().stream().handle())
                        : JCudaDriver.cuMemFree(address),
                pools ? "cuMemFreeAsync" : "cuMemFree",
                bytes + " bytes of device " + context().device());
    }
}
