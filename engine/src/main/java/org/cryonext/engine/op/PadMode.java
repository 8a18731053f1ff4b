package org.cryonext.engine.op;

/** What a {@link Pad} puts around a tensor; for 1 2 3 with two elements on either side: */
public enum PadMode {
    /** A given value, 0 by default: 0 0 1 2 3 0 0. */
    CONSTANT,
    /** The mirror image without the edge, again and again if need be: 3 2 1 2 3 2 1. */
    REFLECT,
    /** The outermost element: 1 1 1 2 3 3 3. */
    EDGE,
    /** The elements of the other side: 2 3 1 2 3 1 2. */
    WRAP
}
