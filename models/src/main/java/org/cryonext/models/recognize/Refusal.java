package org.cryonext.models.recognize;

import java.util.Locale;
import org.cryonext.engine.graph.Node;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.op.Binary;
import org.cryonext.engine.op.Input;
import org.cryonext.engine.op.Op;
import org.cryonext.engine.op.Reduce;
import org.cryonext.engine.op.Unary;

/**
 * Says which node of a file is not part of a ConvNeXt.
 *
 * @param file where the graph comes from
 */
record Refusal(String file) {
    /** @param why what is wrong with the node, for instance "has kernels of 5 x 5, expected 7 x 7" */
    InputException of(Node node, String why) {
        String what = node.op() instanceof Input input
                ? "its input " + input.name()
                : "node " + node.scope() + " (" + name(node.op()) + ")";
        return of(what + " " + why);
    }

    /** @param why what of the file does not fit */
    InputException of(String why) {
        return new InputException(file + " is not a ConvNeXt that CryoNeXt knows: " + why);
    }

    private static String name(Op op) {
        return switch (op) {
            case Unary unary -> lower(unary.function());
            case Binary binary -> lower(binary.function());
            case Reduce reduce -> lower(reduce.function());
            default -> op.getClass().getSimpleName();
        };
    }

    private static String lower(Enum<?> function) {
        return function.name().toLowerCase(Locale.ROOT);
    }
}
