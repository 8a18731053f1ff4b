package org.cryonext.models.convnext;

import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.pass.FuseDepthwiseNorm;
import org.cryonext.engine.pass.FuseGeluGradient;
import org.cryonext.engine.pass.FuseLinear;
import org.cryonext.engine.pass.FuseMlp;
import org.cryonext.engine.pass.MixedPrecision;
import org.cryonext.engine.pass.Recompute;
import org.cryonext.engine.tensor.DType;

/** The engine's passes in the order that a ConvNeXt's graphs want: what is left is to plan them. */
public final class Passes {
    private Passes() {}

    /**
     * A network that is used, as the backend runs it best; its variables may become of its type, so they are made before they
     * are set.
     */
    public static Graph inference(Graph graph, Backend backend) {
        DType type = backend.precision().dtype();
        return joined(FuseLinear.apply(MixedPrecision.inference(graph, type)), backend);
    }

    private static Graph joined(Graph graph, Backend backend) {
        return FuseDepthwiseNorm.whereFaster(FuseMlp.whereFaster(graph, backend), backend);
    }

    /**
     * The same with the fewest bytes moved, each block's MLP as one node where the backend has a kernel for it, even where its
     * parts are faster, as for a small batch on a card.
     */
    public static Graph fewestBytes(Graph graph, Backend backend) {
        DType type = backend.precision().dtype();
        Graph joined = FuseMlp.apply(FuseLinear.apply(MixedPrecision.inference(graph, type)), backend);
        return FuseDepthwiseNorm.apply(joined, backend);
    }

    /**
     * The forward pass of a network in training, whose variables stay F32, as the backend runs it best.
     */
    public static Graph forward(Graph graph, Backend backend) {
        DType type = backend.precision().dtype();
        return joined(FuseLinear.apply(MixedPrecision.training(graph, type)), backend);
    }

    /**
     * A step of training, gradients and updates included.
     *
     * @param loss name of the output that the gradients are of
     * @param backend what it is for, of whose type activations and matrices are
     * @param recompute whether gradients compute all that happens within a block again, rather than what is cheap alone
     */
    public static Graph step(Graph graph, String loss, Backend backend, boolean recompute) {
        Graph mixed = MixedPrecision.training(graph, backend.precision().dtype());
        Graph again = Recompute.apply(
                mixed,
                mixed.output(loss),
                node -> Recompute.isCheap(node) || recompute && ConvNext.isWithinBlock(node));
        Graph fused = FuseGeluGradient.whereFaster(FuseLinear.apply(again), backend);
        return FuseMlp.whereFaster(fused, backend);
    }
}
