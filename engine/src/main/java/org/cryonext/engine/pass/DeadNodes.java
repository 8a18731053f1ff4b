package org.cryonext.engine.pass;

import java.util.HashSet;
import java.util.Set;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.graph.GraphCopy;
import org.cryonext.engine.graph.Node;
import org.cryonext.engine.graph.Value;
import org.cryonext.engine.op.Input;

/** Leaves out nodes that neither reach an output nor update a variable. Inputs stay, so that callers may set them. */
public final class DeadNodes {
    private DeadNodes() {}

    /** The graph without its dead nodes. */
    public static Graph remove(Graph graph) {
        Set<Node> live = new HashSet<>();
        graph.outputs().values().forEach(v -> live.add(v.node()));
        for (Node node : graph.nodes().reversed()) {
            if (live.contains(node)
                    || node.op() instanceof Input
                    || !node.op().updates().isEmpty()) {
                live.add(node);
                for (Value in : node.inputs()) {
                    if (in != null) {
                        live.add(in.node());
                    }
                }
            }
        }
        Graph result = new Graph();
        GraphCopy copy = new GraphCopy(result);
        for (Node node : graph.nodes()) {
            if (live.contains(node)) {
                copy.copy(node);
            }
        }
        copy.outputs(graph);
        return result;
    }
}
