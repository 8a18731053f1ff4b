package org.cryonext.engine.backend.cuda;

import org.cryonext.engine.backend.cuda.driver.Architecture;
import org.cryonext.engine.tensor.DType;

/** What a product is computed with; sums are F32 in all of them. */
enum GemmArithmetic {
    /** F32 by plain multiplications and additions. */
    F32("f32", DType.F32, false),
    /** F32 rounded to 10 bits after the point, on tensor cores. */
    TF32("tf32", DType.F32, true),
    F16("f16", DType.F16, true),
    BF16("bf16", DType.BF16, true);

    private static final int FIRST_WITH_ALL = 8;

    private final String suffix;
    private final DType dtype;
    private final boolean tensorCores;

    GemmArithmetic(String suffix, DType dtype, boolean tensorCores) {
        this.suffix = suffix;
        this.dtype = dtype;
        this.tensorCores = tensorCores;
    }

    /**
     * The arithmetic for an element type.
     *
     * @param tf32 whether F32 goes to the tensor cores
     * @throws IllegalArgumentException if there is none
     */
    static GemmArithmetic of(DType dtype, boolean tf32) {
        return switch (dtype) {
            case F32 -> tf32 ? TF32 : F32;
            case F16 -> F16;
            case BF16 -> BF16;
            default -> throw new IllegalArgumentException("there are no products of " + dtype);
        };
    }

    /** Whether a card has it: the first tensor cores take F16 alone. */
    boolean runsOn(Architecture architecture) {
        return this == F32 || this == F16 || architecture.major() >= FIRST_WITH_ALL;
    }

    /** End of the names of its kernels. */
    String suffix() {
        return suffix;
    }

    /** Element type of operands and results. */
    DType dtype() {
        return dtype;
    }

    boolean tensorCores() {
        return tensorCores;
    }

    /** Values in 16 bytes, the most that one access moves. */
    int vector() {
        return 16 / dtype.bytes();
    }
}
