package org.cryonext.engine.io;

/**
 * Something the user gave cannot be used. The message is one sentence for a person: the file, the place, what was
 * found, what was expected and what to do. The command line prints it without a stack trace and exits with 1.
 *
 * <p>What a message quotes from a file may hold anything, so it is made {@link OneLine}.
 */
public final class InputException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** @param message one sentence a user can act on */
    public InputException(String message) {
        super(OneLine.of(message));
    }

    /**
     * @param message one sentence a user can act on
     * @param cause what the system reported
     */
    public InputException(String message, Throwable cause) {
        super(OneLine.of(message), cause);
    }
}
