package org.cryonext.cryoet.zarr;

/** The bytes of a chunk are not what they should be; whoever knows its file says so to the user. */
final class DamagedException extends Exception {
    private static final long serialVersionUID = 1;

    /** @param message what is wrong, part of a sentence */
    DamagedException(String message) {
        super(message);
    }

    DamagedException(String message, Throwable cause) {
        super(message, cause);
    }
}
