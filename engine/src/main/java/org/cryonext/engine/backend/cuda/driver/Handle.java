package org.cryonext.engine.backend.cuda.driver;

/**
 * Something of a context that has to be given back, by its owner or, at the latest, by the context's end. Closing it twice
 * does nothing.
 */
abstract sealed class Handle implements AutoCloseable
        permits Convolution, Cublas, CudaEvent, CudaGraph, CudaModule, CudaStream, Cudnn, DeviceMemory, PinnedMemory {
    private final CudaContext context;
    private volatile boolean closed;

    /** The last thing that a subclass does in its constructor is {@link #opened}. */
    Handle(CudaContext context) {
        this.context = context;
    }

    final CudaContext context() {
        return context;
    }

    /** From now on the context closes it, if nobody else does. */
    final void opened() {
        context.add(this);
    }

    /** Makes sure that it can still be used. */
    final void requireOpen() {
        if (closed) {
            throw new IllegalStateException(getClass().getSimpleName() + " is closed");
        }
    }

    /** Gives it back to the driver; the context is the current one. */
    abstract void release();

    @Override
    public final void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        context.remove(this);
        context.enter();
        release();
    }
}
