package org.cryonext.engine.pass;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.graph.GraphCopy;
import org.cryonext.engine.graph.Node;
import org.cryonext.engine.graph.Value;
import org.cryonext.engine.op.Activation;
import org.cryonext.engine.op.Gelu;
import org.cryonext.engine.op.Linear;
import org.cryonext.engine.op.Residual;

/**
 * Lets a Linear apply the GELU or the residual that follows it, where nothing else reads its result: one trip through
 * memory less. Run it after gradients were added, since those read intermediate results.
 */
public final class FuseLinear {
    private FuseLinear() {}

    /** The graph with every fusible pair as one node. */
    public static Graph apply(Graph graph) {
        Map<Value, Integer> readers = Joining.readers(graph);
        Map<Node, Node> fused = new HashMap<>();
        Set<Node> gone = new HashSet<>();
        for (Node node : graph.nodes()) {
            Value before = switch (node.op()) {
                case Gelu gelu -> node.input("x");
                case Residual residual -> node.input("branch");
                default -> null;
            };
            if (before != null
                    && before.node().op() instanceof Linear linear
                    && linear.activation() == Activation.NONE
                    && before.node().input("residual") == null
                    && readers.get(before) == 1) {
                fused.put(node, before.node());
                gone.add(before.node());
            }
        }
        Graph result = new Graph();
        GraphCopy copy = new GraphCopy(result);
        for (Node node : graph.nodes()) {
            if (fused.containsKey(node)) {
                fuse(copy, node, fused.get(node));
            } else if (!gone.contains(node)) {
                copy.copy(node);
            }
        }
        copy.outputs(graph);
        return result;
    }

    private static void fuse(GraphCopy copy, Node node, Node linear) {
        List<Value> inputs =
                new ArrayList<>(Arrays.asList(linear.input("x"), linear.input("weight"), linear.input("bias")));
        if (node.op() instanceof Gelu gelu) {
            copy.replace(node, new Linear(gelu.tanh() ? Activation.GELU_TANH : Activation.GELU), inputs);
        } else {
            inputs.addAll(Arrays.asList(node.input("x"), node.input("scale"), node.input("keep")));
            copy.replace(node, new Linear(), inputs);
        }
    }
}
