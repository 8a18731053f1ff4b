package org.cryonext.engine.backend.cuda.driver;

import jcuda.driver.CUevent;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;
import org.cryonext.engine.backend.DeviceLostException;

/** A mark in a stream, which other streams and the host can wait for. */
public final class CudaEvent extends Handle {
    private static final int WITHOUT_TIME = 2;

    private final CUevent event = new CUevent();

    CudaEvent(CudaContext context, boolean timing) {
        super(context);
        context.enter();
        Results.check(JCudaDriver.cuEventCreate(event, timing ? 0 : WITHOUT_TIME), "cuEventCreate", "a new event");
        opened();
    }

    CUevent handle() {
        requireOpen();
        return event;
    }

    /**
     * Waits until the stream has passed the mark.
     *
     * @throws DeviceLostException if something that ran has failed
     */
    public void synchronize() {
        context().enter();
        Results.check(JCudaDriver.cuEventSynchronize(handle()), "cuEventSynchronize", "waiting for an event");
    }

    /** Whether the stream has passed the mark. */
    public boolean isDone() {
        context().enter();
        int result = JCudaDriver.cuEventQuery(handle());
        if (result == CUresult.CUDA_ERROR_NOT_READY) {
            return false;
        }
        Results.check(result, "cuEventQuery", "asking for an event");
        return true;
    }

    /** Milliseconds from one mark to this one, both of {@link CudaContext#timer} and passed. */
    public float millisecondsSince(CudaEvent start) {
        context().enter();
        float[] milliseconds = new float[1];
        Results.check(
                JCudaDriver.cuEventElapsedTime(milliseconds, start.handle(), handle()),
                "cuEventElapsedTime",
                "between two events");
        return milliseconds[0];
    }

    @Override
    void release() {
        Results.checkRelease(JCudaDriver.cuEventDestroy(event), "cuEventDestroy", "an event");
    }
}
