package org.cryonext.engine.backend;

import java.util.Locale;
import org.cryonext.engine.tensor.DType;

/**
 * What a model computes in; the choices of {@code --precision}.
 *
 * @see #dtype
 */
public enum Precision {
    /** Single precision throughout. */
    F32(DType.F32),
    /** Single precision whose products round their factors to 10 bits. */
    TF32(DType.F32),
    /** Half precision, sums in single. */
    F16(DType.F16),
    /** Brain float, sums in single. */
    BF16(DType.BF16);

    private final DType dtype;

    Precision(DType dtype) {
        this.dtype = dtype;
    }

    /** Element type of activations and matrices. */
    public DType dtype() {
        return dtype;
    }

    /** In lower case, as options and reports name it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
