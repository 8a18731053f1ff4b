package org.cryonext.engine.backend;

/**
 * The device failed in a way from which it does not recover within this process: nothing that lies in its memory can be
 * read any more. What was written to disk before stays good, so a run can be taken up from there.
 */
public final class DeviceLostException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** @param message one sentence: what failed, and where */
    public DeviceLostException(String message) {
        super(message);
    }

    private DeviceLostException(String message, DeviceLostException cause) {
        super(message, cause);
    }

    /**
     * The same with what was being done.
     *
     * @param place what the sentence begins with
     */
    public DeviceLostException at(String place) {
        return new DeviceLostException(place + ": " + getMessage(), this);
    }
}
