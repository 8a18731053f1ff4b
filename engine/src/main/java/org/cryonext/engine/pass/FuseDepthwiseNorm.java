package org.cryonext.engine.pass;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.graph.GraphCopy;
import org.cryonext.engine.graph.Node;
import org.cryonext.engine.graph.Value;
import org.cryonext.engine.op.DepthwiseConv;
import org.cryonext.engine.op.DepthwiseNorm;
import org.cryonext.engine.op.LayerNorm;

/**
 * Makes one DepthwiseNorm of a DepthwiseConv and the LayerNorm behind it, where nothing else reads what lies between and the
 * backend takes it as one node. Run it after gradients were added, which read it.
 */
public final class FuseDepthwiseNorm {
    private FuseDepthwiseNorm() {}

    /** The graph with every pair as one node that the backend has a kernel for. */
    public static Graph apply(Graph graph, Backend backend) {
        return apply(graph, backend, Joining.WHERE_POSSIBLE);
    }

    /** The graph with every pair as one node that is faster as such on the backend too. */
    public static Graph whereFaster(Graph graph, Backend backend) {
        return apply(graph, backend, Joining.WHERE_FASTER);
    }

    private static Graph apply(Graph graph, Backend backend, Joining joining) {
        Map<Value, Integer> readers = Joining.readers(graph);
        Set<Node> gone = new HashSet<>();
        Set<Node> joined = new HashSet<>();
        for (Node node : graph.nodes()) {
            Value x = node.op() instanceof LayerNorm ? node.input("x") : null;
            if (x != null
                    && x.node().op() instanceof DepthwiseConv
                    && readers.get(x) == 1
                    && joining.takes(backend, op(node), inputs(node))) {
                gone.add(x.node());
                joined.add(node);
            }
        }
        Graph result = new Graph();
        GraphCopy copy = new GraphCopy(result);
        for (Node node : graph.nodes()) {
            if (joined.contains(node)) {
                copy.replace(node, op(node), inputs(node));
            } else if (!gone.contains(node)) {
                copy.copy(node);
            }
        }
        copy.outputs(graph);
        return result;
    }

    private static DepthwiseNorm op(Node norm) {
        int k = ((DepthwiseConv) norm.input("x").node().op()).k();
        return new DepthwiseNorm(k, ((LayerNorm) norm.op()).epsilon());
    }

    private static List<Value> inputs(Node norm) {
        Node convolution = norm.input("x").node();
        return Arrays.asList(
                convolution.input("x"),
                convolution.input("weight"),
                convolution.input("bias"),
                norm.input("weight"),
                norm.input("bias"));
    }
}
