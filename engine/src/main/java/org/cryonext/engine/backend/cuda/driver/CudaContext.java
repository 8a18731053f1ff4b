package org.cryonext.engine.backend.cuda.driver;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;
import org.cryonext.engine.backend.DeviceLostException;
import org.cryonext.engine.backend.MemoryException;
import org.cryonext.engine.io.InputException;

/**
 * A card in use: the device's primary context, which cuBLAS and cuDNN share. Everything made from it ends with it at the
 * latest. May be used by several threads.
 */
public final class CudaContext implements AutoCloseable {
    /** The context that a thread last entered: the driver keeps one for each thread. */
    private static final ThreadLocal<CudaContext> CURRENT = new ThreadLocal<>();

    private final CudaDevice device;
    private final CUdevice handle = new CUdevice();
    private final CUcontext context = new CUcontext();
    private final Set<Handle> open = new LinkedHashSet<>();
    private final CudaStream stream;
    private boolean closed;

    /**
     * Takes the device into use.
     *
     * @throws InputException if nothing can be run on it, or somebody else has it for himself
     */
    public CudaContext(CudaDevice device) {
        device.refusal().ifPresent(reason -> {
            throw new InputException(reason + "; use another card or --device cpu");
        });
        this.device = device;
        String about = "taking device " + device + " into use";
        Results.check(JCudaDriver.cuDeviceGet(handle, device.ordinal()), "cuDeviceGet", about);
        int result = JCudaDriver.cuDevicePrimaryCtxRetain(context, handle);
        switch (result) {
            case CUresult.CUDA_ERROR_OUT_OF_MEMORY ->
                throw new InputException("The card " + device + " has no memory left even for a start; end what runs on"
                        + " it, or use another card");
            case CUresult.CUDA_ERROR_DEVICE_UNAVAILABLE ->
                throw new InputException("The card " + device + " is taken by another process that has it for itself;"
                        + " wait for its end, or use another card");
            default -> Results.check(result, "cuDevicePrimaryCtxRetain", about);
        }
        try {
            stream = new CudaStream(this);
        } catch (RuntimeException e) {
            JCudaDriver.cuDevicePrimaryCtxRelease(handle);
            throw e;
        }
    }

    /** The card. */
    public CudaDevice device() {
        return device;
    }

    /** The stream on which the context allocates; the one to use where one is enough. */
    public CudaStream stream() {
        return stream;
    }

    /** Another stream, which does not wait for the first. */
    public CudaStream newStream() {
        return new CudaStream(this);
    }

    /** An event by which streams wait for each other. */
    public CudaEvent event() {
        return new CudaEvent(this, false);
    }

    /** An event that notes the time. */
    public CudaEvent timer() {
        return new CudaEvent(this, true);
    }

    /**
     * Allocates zeroed memory of the card, from its pool in the order of {@link #stream()}, or directly where the card has
     * no pools. Other streams have to wait for {@link #stream()} before they touch it.
     *
     * @throws MemoryException if there is not enough
     */
    public DeviceMemory allocate(long bytes) {
        DeviceMemory memory = new DeviceMemory(this, bytes);
        stream.fill(memory.address(), (byte) 0, memory.bytes());
        return memory;
    }

    /**
     * Memory of the host that the card reads and writes by itself, while the host goes on. Zero at first, aligned to pages.
     *
     * @throws MemoryException if the system does not let so much be kept in place
     */
    public PinnedMemory pinned(long bytes) {
        return new PinnedMemory(this, bytes);
    }

    /**
     * Loads kernels.
     *
     * @param image a cubin for this card, or PTX
     * @param what its name for messages, for instance the path of its file
     * @throws InputException if the card or its driver cannot use it
     */
    public CudaModule load(byte[] image, String what) {
        return new CudaModule(this, image, what);
    }

    /** Bytes that are free, by other processes' use as well; waits for the stream, after which all that was freed counts. */
    public long freeBytes() {
        stream.synchronize();
        long[] free = new long[1];
        Results.check(JCudaDriver.cuMemGetInfo(free, new long[1]), "cuMemGetInfo", "asking device " + device);
        return free[0];
    }

    /**
     * Waits until all streams are done.
     *
     * @throws DeviceLostException if something that ran has failed
     */
    public void synchronize() {
        enter();
        Results.check(JCudaDriver.cuCtxSynchronize(), "cuCtxSynchronize", "waiting for device " + device);
    }

    /** Makes it the current context of the calling thread, before any call that means it silently. */
    void enter() {
        if (CURRENT.get() != this) {
            if (closed) {
                throw new IllegalStateException("The context of device " + device + " is closed");
            }
            Results.check(JCudaDriver.cuCtxSetCurrent(context), "cuCtxSetCurrent", "device " + device);
            CURRENT.set(this);
        }
    }

    synchronized void add(Handle handle) {
        open.add(handle);
    }

    synchronized void remove(Handle handle) {
        open.remove(handle);
    }

    /** Number of streams, events, pieces of memory, modules and graphs that are open, its own stream included. */
    public synchronized int openHandles() {
        return open.size();
    }

    private synchronized List<Handle> newestFirst() {
        return new ArrayList<>(open).reversed();
    }

    /** Gives the device back, after what is still open. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        enter();
        // Pinned memory may be given back only when no copy is under way.
        Results.checkRelease(JCudaDriver.cuCtxSynchronize(), "cuCtxSynchronize", "ending device " + device);
        newestFirst().forEach(Handle::close);
        closed = true;
        CURRENT.remove();
        Results.checkRelease(
                JCudaDriver.cuDevicePrimaryCtxRelease(handle), "cuDevicePrimaryCtxRelease", "device " + device);
    }
}
