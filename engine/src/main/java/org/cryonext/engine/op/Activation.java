package org.cryonext.engine.op;

/** What a {@link Linear} may do to its result. */
public enum Activation {
    NONE,
    /** The exact GELU, x * Phi(x). */
    GELU,
    /** GELU by its tanh approximation. */
    GELU_TANH
}
