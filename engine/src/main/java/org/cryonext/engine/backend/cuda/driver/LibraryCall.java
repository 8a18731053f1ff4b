package org.cryonext.engine.backend.cuda.driver;

/** A call of a library with all that it takes, ready to be made again and again; it only hands over work. */
@FunctionalInterface
public interface LibraryCall {
    /**
     * Puts the work into the stream of the library's handle, after what that has to do already.
     *
     * @throws CudaException if the library refuses it, in one sentence with the call and the library's name of the error
     */
    void run();
}
