package org.cryonext.engine.pass;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
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
 * backend has a kernel for it. Run it after gradients were added, which read it.
 */
public final class FuseDepthwiseNorm {
    private FuseDepthwiseNorm() {}

    /** The graph with every pair that the backend takes as one node. */
    public static Graph apply(Graph graph, Backend backend) {
        Map<Value, Integer> readers = new HashMap<>();
        for (Node node : graph.nodes()) {
            node.inputs().stream().filter(v -> v != null).forEach(v -> readers.merge(v, 1, Integer::sum));
        }
        graph.outputs().values().forEach(v -> readers.merge(v, 1, Integer::sum));
        Set<Node> gone = new HashSet<>();
        Set<Node> joined = new HashSet<>();
        for (Node node : graph.nodes()) {
            Value x = node.op() instanceof LayerNorm ? node.input("x") : null;
            if (x != null && x.node().op() instanceof DepthwiseConv && readers.get(x) == 1 && takes(backend, node)) {
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

    private static boolean takes(Backend backend, Node norm) {
        Graph probe = new Graph();
        List<Value> values = new ArrayList<>();
        for (Value value : inputs(norm)) {
            values.add(value == null ? null : probe.input("input" + values.size(), value.type()));
        }
        return backend.refuses(probe.node(op(norm), "", values)).isEmpty();
    }
}
