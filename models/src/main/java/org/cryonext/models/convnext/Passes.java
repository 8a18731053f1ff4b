package org.cryonext.models.convnext;

import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.pass.FuseLinear;
import org.cryonext.engine.pass.MixedPrecision;
import org.cryonext.engine.pass.Recompute;
import org.cryonext.engine.tensor.DType;

/** The engine's passes in the order that a ConvNeXt's graphs want: what is left is to plan them. */
public final class Passes {
    private Passes() {}

    /**
     * A network that is used; its variables may become of the type, so they are made before they are set.
     *
     * @param type of activations and matrices: F32, F16 or BF16
     */
    public static Graph inference(Graph graph, DType type) {
        return FuseLinear.apply(MixedPrecision.inference(graph, type));
    }

    /**
     * The forward pass of a network in training, whose variables stay F32.
     *
     * @param type of activations and matrices: F32, F16 or BF16
     */
    public static Graph forward(Graph graph, DType type) {
        return FuseLinear.apply(MixedPrecision.training(graph, type));
    }

    /**
     * A step of training, gradients and updates included.
     *
     * @param loss name of the output that the gradients are of
     * @param type of activations and matrices: F32, F16 or BF16
     * @param recompute whether gradients compute all that happens within a block again, rather than what is cheap alone
     */
    public static Graph step(Graph graph, String loss, DType type, boolean recompute) {
        Graph mixed = MixedPrecision.training(graph, type);
        return FuseLinear.apply(Recompute.apply(
                mixed,
                mixed.output(loss),
                node -> Recompute.isCheap(node) || recompute && ConvNext.isWithinBlock(node)));
    }
}
