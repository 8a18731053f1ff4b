package org.cryonext.engine.backend.cuda.driver;

import java.lang.foreign.MemorySegment;
import jcuda.driver.CUgraph;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;
import org.cryonext.engine.backend.DeviceLostException;

/**
 * A queue of work for a card. What is put into it runs in this order, while the host goes on. Used by one thread at a time.
 */
public final class CudaStream extends Handle {
    private static final int NOT_WAITING_FOR_THE_DEFAULT_STREAM = 1;

    /** Calls of other threads do not disturb a recording. */
    private static final int CAPTURE_MODE_THREAD_LOCAL = 1;

    private final CUstream stream = new CUstream();
    private Staging staging;
    private Launch last;
    private boolean capturing;

    CudaStream(CudaContext context) {
        super(context);
        context.enter();
        Results.check(
                JCudaDriver.cuStreamCreate(stream, NOT_WAITING_FOR_THE_DEFAULT_STREAM), "cuStreamCreate", "a stream");
        opened();
    }

    CUstream handle() {
        requireOpen();
        return stream;
    }

    void launched(Launch launch) {
        last = launch;
    }

    /** For messages: the launch before, which may be the one that failed. */
    String before() {
        return last == null ? "" : ", after " + last;
    }

    /**
     * Copies from pinned memory to the card. The memory must not change until the stream has done it.
     *
     * @param offset first byte to be copied
     * @param address where it goes
     */
    public void upload(PinnedMemory from, long offset, long address, long bytes) {
        send(from.segment().asSlice(offset, bytes), address);
    }

    /**
     * Copies from any memory of the host to the card. The memory may change as soon as the call returns.
     *
     * @param offset first byte to be copied
     * @param address where it goes
     */
    public void upload(MemorySegment from, long offset, long address, long bytes) {
        requireNoCapture();
        staging().upload(this, from.asSlice(offset, bytes), address);
    }

    /**
     * Copies from the card to pinned memory, which holds it once the stream has done it.
     *
     * @param offset first byte to be written
     */
    public void download(long address, PinnedMemory to, long offset, long bytes) {
        receive(address, to.segment().asSlice(offset, bytes));
    }

    /**
     * Copies from the card to any memory of the host, which holds it when the call returns.
     *
     * @param offset first byte to be written
     * @throws DeviceLostException if something that ran before has failed
     */
    public void download(long address, MemorySegment to, long offset, long bytes) {
        requireNoCapture();
        staging().download(this, address, to.asSlice(offset, bytes));
    }

    /** The memory through which pageable memory goes; most streams never need it. */
    private Staging staging() {
        if (staging == null) {
            staging = new Staging(context());
        }
        return staging;
    }

    private void requireNoCapture() {
        if (capturing) {
            throw new IllegalStateException("Only copies from and to pinned memory can be part of a graph");
        }
    }

    /** Copies from pinned memory. */
    void send(MemorySegment pinned, long address) {
        if (pinned.byteSize() == 0) {
            return;
        }
        context().enter();
        int result = JCudaDriver.cuMemcpyHtoDAsync(
                new DeviceAddress(address), new HostAddress(pinned), pinned.byteSize(), handle());
        check(result, "cuMemcpyHtoDAsync", "copying " + pinned.byteSize() + " bytes to the card");
    }

    /** Copies to pinned memory. */
    void receive(long address, MemorySegment pinned) {
        if (pinned.byteSize() == 0) {
            return;
        }
        context().enter();
        int result = JCudaDriver.cuMemcpyDtoHAsync(
                new HostAddress(pinned), new DeviceAddress(address), pinned.byteSize(), handle());
        check(result, "cuMemcpyDtoHAsync", "copying " + pinned.byteSize() + " bytes from the card");
    }

    /** Copies within the card. */
    public void copy(long from, long to, long bytes) {
        if (bytes == 0) {
            return;
        }
        context().enter();
        int result = JCudaDriver.cuMemcpyDtoDAsync(new DeviceAddress(to), new DeviceAddress(from), bytes, handle());
        check(result, "cuMemcpyDtoDAsync", "copying " + bytes + " bytes within the card");
    }

    /** Sets every byte of a piece of the card's memory. */
    public void fill(long address, byte value, long bytes) {
        if (bytes == 0) {
            return;
        }
        context().enter();
        int result = JCudaDriver.cuMemsetD8Async(new DeviceAddress(address), value, bytes, handle());
        check(result, "cuMemsetD8Async", "setting " + bytes + " bytes of the card");
    }

    /** Marks the place that the stream has reached. */
    public void record(CudaEvent event) {
        context().enter();
        check(JCudaDriver.cuEventRecord(event.handle(), handle()), "cuEventRecord", "marking a stream");
    }

    /** What comes after this runs when another stream has passed the mark. */
    public void await(CudaEvent event) {
        context().enter();
        check(JCudaDriver.cuStreamWaitEvent(handle(), event.handle(), 0), "cuStreamWaitEvent", "waiting for an event");
    }

    /**
     * Waits until all is done.
     *
     * @throws DeviceLostException if something that ran has failed
     */
    public void synchronize() {
        context().enter();
        check(JCudaDriver.cuStreamSynchronize(handle()), "cuStreamSynchronize", "waiting for a stream");
    }

    /** Waits until all is done, before what it uses is given back: on a lost device nothing is under way any more. */
    public void settle() {
        context().enter();
        Results.checkRelease(JCudaDriver.cuStreamSynchronize(handle()), "cuStreamSynchronize", "ending its work");
    }

    /**
     * Whether all is done.
     *
     * @throws DeviceLostException if something that ran has failed
     */
    public boolean isDone() {
        context().enter();
        int result = JCudaDriver.cuStreamQuery(handle());
        if (result == CUresult.CUDA_ERROR_NOT_READY) {
            return false;
        }
        check(result, "cuStreamQuery", "asking a stream");
        return true;
    }

    /**
     * Records what {@code work} puts into this stream, and does not run it. Allocating, synchronising and copies of memory
     * that is not pinned have no place in it.
     */
    public CudaGraph capture(Runnable work) {
        context().enter();
        check(
                JCudaDriver.cuStreamBeginCapture(handle(), CAPTURE_MODE_THREAD_LOCAL),
                "cuStreamBeginCapture",
                "recording a graph");
        CUgraph graph = new CUgraph();
        capturing = true;
        try {
            work.run();
        } catch (RuntimeException | Error e) {
            capturing = false;
            if (JCudaDriver.cuStreamEndCapture(handle(), graph) == CUresult.CUDA_SUCCESS) {
                JCudaDriver.cuGraphDestroy(graph);
            }
            throw e;
        }
        capturing = false;
        check(JCudaDriver.cuStreamEndCapture(handle(), graph), "cuStreamEndCapture", "recording a graph");
        return new CudaGraph(context(), graph);
    }

    private void check(int result, String call, String about) {
        if (result != CUresult.CUDA_SUCCESS) {
            throw Results.failure(result, call, about + before());
        }
    }

    @Override
    void release() {
        Results.checkRelease(JCudaDriver.cuStreamSynchronize(stream), "cuStreamSynchronize", "ending a stream");
        if (staging != null) {
            staging.close();
        }
        Results.checkRelease(JCudaDriver.cuStreamDestroy(stream), "cuStreamDestroy", "a stream");
    }
}
