package org.cryonext.engine.op;

/** What a {@link Unary} computes of each element. */
public enum UnaryFunction {
    /** The error function, 2 / sqrt(pi) times the integral of exp(-t^2) from 0 to x. */
    ERF,
    /** The square root; NaN of a negative number. */
    SQRT,
    /** 1 / (1 + exp(-x)). */
    SIGMOID,
    /** The hyperbolic tangent. */
    TANH,
    /** The larger of x and 0; of integers too. */
    RELU
}
