package org.cryonext.engine.pass;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.graph.GraphCopy;
import org.cryonext.engine.graph.Node;
import org.cryonext.engine.graph.Value;
import org.cryonext.engine.op.Activation;
import org.cryonext.engine.op.Grn;
import org.cryonext.engine.op.LayerNorm;
import org.cryonext.engine.op.Linear;
import org.cryonext.engine.op.Mlp;

/**
 * Makes one Mlp of a LayerNorm, a Linear with its activation, a Grn if there is one, and a Linear, where nothing else reads
 * what lies between and the backend has a kernel for it. Run it after {@link FuseLinear}, and after gradients were added.
 */
public final class FuseMlp {
    private FuseMlp() {}

    /**
     * The chain that becomes one node.
     *
     * @param grn null where there is none
     */
    private record Chain(Node norm, Node first, Node grn, Node second) {
        Mlp op() {
            double epsilon = ((LayerNorm) norm.op()).epsilon();
            double grnEpsilon = grn == null ? 0 : ((Grn) grn.op()).epsilon();
            return new Mlp(epsilon, ((Linear) first.op()).activation(), grnEpsilon);
        }

        List<Value> inputs() {
            return Arrays.asList(
                    norm.input("x"),
                    norm.input("weight"),
                    norm.input("bias"),
                    first.input("weight"),
                    first.input("bias"),
                    grn == null ? null : grn.input("gamma"),
                    grn == null ? null : grn.input("beta"),
                    second.input("weight"),
                    second.input("bias"),
                    second.input("residual"),
                    second.input("scale"),
                    second.input("keep"));
        }

        /** The node in a graph of its own. */
        Node probe() {
            Graph probe = new Graph();
            List<Value> values = new ArrayList<>();
            for (Value value : inputs()) {
                values.add(value == null ? null : probe.input("input" + values.size(), value.type()));
            }
            return probe.node(op(), "", values);
        }

        List<Node> swallowed() {
            return grn == null ? List.of(norm, first) : List.of(norm, first, grn);
        }
    }

    /** The graph with every chain as one node that the backend takes as such. */
    public static Graph apply(Graph graph, Backend backend) {
        return apply(graph, node -> backend.refuses(node).isEmpty());
    }

    /** The graph with every chain as one node that is faster as such on the backend. */
    public static Graph whereFaster(Graph graph, Backend backend) {
        return apply(graph, node -> backend.prefers(node));
    }

    private static Graph apply(Graph graph, Predicate<Node> takes) {
        Map<Value, Integer> readers = new HashMap<>();
        for (Node node : graph.nodes()) {
            node.inputs().stream().filter(v -> v != null).forEach(v -> readers.merge(v, 1, Integer::sum));
        }
        graph.outputs().values().forEach(v -> readers.merge(v, 1, Integer::sum));

        Map<Node, Chain> chains = new HashMap<>();
        Set<Node> gone = new HashSet<>();
        for (Node node : graph.nodes()) {
            Chain chain = chain(node, readers);
            if (chain != null && takes.test(chain.probe())) {
                chains.put(node, chain);
                gone.addAll(chain.swallowed());
            }
        }
        Graph result = new Graph();
        GraphCopy copy = new GraphCopy(result);
        for (Node node : graph.nodes()) {
            Chain chain = chains.get(node);
            if (chain != null) {
                copy.replace(node, chain.op(), chain.inputs());
            } else if (!gone.contains(node)) {
                copy.copy(node);
            }
        }
        copy.outputs(graph);
        return result;
    }

    /** The chain that ends in a node; null if none does. */
    private static Chain chain(Node second, Map<Value, Integer> readers) {
        if (!(second.op() instanceof Linear last) || last.activation() != Activation.NONE) {
            return null;
        }
        Node before = only(second.input("x"), readers);
        Node grn = before != null && before.op() instanceof Grn ? before : null;
        Node first = grn == null ? before : only(grn.input("x"), readers);
        if (first == null
                || !(first.op() instanceof Linear linear)
                || linear.activation() == Activation.NONE
                || first.input("residual") != null) {
            return null;
        }
        Node norm = only(first.input("x"), readers);
        boolean square = norm != null
                && norm.op() instanceof LayerNorm
                && second.input("weight").type().shape().dim(0)
                        == norm.input("x").type().shape().channels();
        return square ? new Chain(norm, first, grn, second) : null;
    }

    /** The node that makes a value which one node alone reads, else null. */
    private static Node only(Value value, Map<Value, Integer> readers) {
        return readers.get(value) == 1 ? value.node() : null;
    }
}
