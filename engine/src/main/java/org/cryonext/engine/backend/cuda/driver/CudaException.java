package org.cryonext.engine.backend.cuda.driver;

/** The driver refused a call; the message is one sentence with the call, CUDA's name of the error and what it was about. */
public final class CudaException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String error;

    CudaException(String error, String message) {
        super(message);
        this.error = error;
    }

    /** CUDA's name of the error, for instance {@code CUDA_ERROR_INVALID_VALUE}. */
    public String error() {
        return error;
    }
}
