package org.cryonext.engine.op;

/** What a {@link Binary} computes of two elements. */
public enum BinaryFunction {
    /** a + b. */
    ADD,
    /** a - b. */
    SUB,
    /** a * b. */
    MUL,
    /** a / b; the quotient of integers is truncated towards zero, and 0 where b is 0. */
    DIV,
    /** a to the power of b; the result has a's element type, b may have another. */
    POW,
    /** The smaller; NaN if either is. */
    MIN,
    /** The larger; NaN if either is. */
    MAX
}
