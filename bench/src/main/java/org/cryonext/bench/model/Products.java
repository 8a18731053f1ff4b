package org.cryonext.bench.model;

import org.cryonext.engine.op.Linear;
import org.cryonext.engine.op.LinearInputGradient;
import org.cryonext.engine.op.LinearWeightGradient;
import org.cryonext.engine.op.Mlp;
import org.cryonext.engine.op.Op;
import org.cryonext.engine.op.PatchConv;
import org.cryonext.engine.op.PatchConvInputGradient;
import org.cryonext.engine.op.PatchConvWeightGradient;

/** Which operators multiply matrices. */
public final class Products {
    private Products() {}

    /** Whether it multiplies matrices. */
    public static boolean include(Op op) {
        return switch (op) {
            case Linear linear -> true;
            case LinearInputGradient linear -> true;
            case LinearWeightGradient linear -> true;
            case PatchConv patch -> true;
            case PatchConvInputGradient patch -> true;
            case PatchConvWeightGradient patch -> true;
            case Mlp mlp -> true;
            default -> false;
        };
    }
}
