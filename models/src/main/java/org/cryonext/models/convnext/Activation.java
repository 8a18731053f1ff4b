package org.cryonext.models.convnext;

/** The forms of GELU a ConvNeXt may have been trained with. */
public enum Activation {
    /** x * Phi(x) with the exact error function; every published model. */
    GELU,
    /** The tanh approximation of arXiv 1606.08415. */
    GELU_TANH
}
