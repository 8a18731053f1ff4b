package org.cryonext.models.download;

import java.time.Duration;
import java.util.Optional;

/** Something on the way failed and may succeed when it is tried again; the message is part of a sentence. */
public final class TransientException extends Exception {
    private static final long serialVersionUID = 1;

    private final transient Optional<Duration> wait;
    private final boolean progressed;

    private TransientException(String message, Optional<Duration> wait, boolean progressed, Throwable cause) {
        super(message, cause);
        this.wait = wait;
        this.progressed = progressed;
    }

    /** @param message part of a sentence */
    public TransientException(String message) {
        this(message, Optional.empty(), false, null);
    }

    /** @param message part of a sentence */
    public TransientException(String message, Throwable cause) {
        this(message, Optional.empty(), false, cause);
    }

    /** @param wait how long the server wants to be left alone */
    public TransientException(String message, Optional<Duration> wait) {
        this(message, wait, false, null);
    }

    /** The same, noting whether more had arrived than in any attempt before. */
    public TransientException withProgress(boolean more) {
        return new TransientException(getMessage(), wait, more, getCause());
    }

    /** How long the server wants to be left alone, if it said so. */
    public Optional<Duration> askedToWait() {
        return wait;
    }

    /** Whether more had arrived than in any attempt before. */
    public boolean progressed() {
        return progressed;
    }
}
