package org.cryonext.cryoet.train;

/** Work was given up because a stop was asked for; what it had done will be done again. */
final class StoppedException extends RuntimeException {
    private static final long serialVersionUID = 1;
}
