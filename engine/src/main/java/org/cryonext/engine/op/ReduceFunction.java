package org.cryonext.engine.op;

/** How a {@link Reduce} joins elements. */
public enum ReduceFunction {
    /** The sum divided by the number of elements; NaN of none, or 0 where the elements are integers. */
    MEAN,
    /** The sum; 0 of none. */
    SUM,
    /** The square root of the sum of squares; 0 of none. */
    L2
}
