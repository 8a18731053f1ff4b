package org.cryonext.engine.cases;

import org.cryonext.engine.tensor.DType;

/**
 * How far a backend that computes in an element type may be from the reference: {@link
 * CaseRunner#normalisedSquareError}.
 *
 * <p>The reference has sums in double and rounds only what it stores. A backend adds in F32, which is why a result now and
 * then falls on the other side of a rounding boundary: then it is off by one unit in the last place, 2^-11 of its value
 * in F16 and 2^-8 in BF16. The limits allow that for one result in a few.
 */
public final class CaseTolerance {
    private CaseTolerance() {}

    /** The limit for results in an element type. */
    public static double of(DType dtype) {
        return switch (dtype) {
            case F32 -> 1e-9;
            case F16 -> 1e-7;
            case BF16 -> 5e-6;
            default -> throw new IllegalArgumentException("no backend is judged in " + dtype);
        };
    }

    /** The element type in which the reference computes what is expected: exact inputs for F32, else rounded ones. */
    public static DType expected(DType dtype) {
        return dtype == DType.F32 ? DType.F64 : dtype;
    }
}
