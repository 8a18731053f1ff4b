package org.cryonext.engine.backend.cuda.tune;

import java.util.Locale;
import org.cryonext.engine.io.InputException;

/** Which of NVIDIA's libraries may compute in place of this program's own kernels. */
public enum Libraries {
    /** Whichever is there and was measured to be faster. */
    AUTO,
    /** None. */
    NONE,
    /** cuBLAS wherever it can, whether it is faster or not. */
    CUBLAS,
    /** cuDNN wherever it can, whether it is faster or not. */
    CUDNN;

    /** The system property that chooses. */
    public static final String PROPERTY = "cryonext.cuda.libraries";

    /** Whether one of them is to be used wherever it can. */
    public boolean forced() {
        return this == CUBLAS || this == CUDNN;
    }

    /** Whether kernels of a library may be used. */
    public boolean allows(Libraries library) {
        return this == AUTO || this == library;
    }

    static Libraries parse(String text) {
        for (Libraries value : values()) {
            if (text.equals(value.toString())) {
                return value;
            }
        }
        throw new InputException(
                "The system property " + PROPERTY + " is " + text + ", expected one of auto, none, cublas and cudnn");
    }

    /** As it is typed. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
