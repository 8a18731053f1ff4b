package org.cryonext.engine.backend.cuda.driver;

/** The driver refused a call; the message is one sentence with the call, CUDA's name of the error and what it was about. */
public final class CudaException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String error;

    CudaException(String error, String message) {
        super(message);
        this.error = error;
    }

    private CudaException(String message, CudaException cause) {
        super(message, cause);
        error = cause.error;
    }

    /**
     * The same with what was being done.
     *
     * @param place what the sentence begins with
     */
    public CudaException at(String place) {
        return new CudaException(place + ": " + getMessage(), this);
    }

    /** CUDA's name of the error, for instance {@code CUDA_ERROR_INVALID_VALUE}. */
    public String error() {
        return error;
    }
}
