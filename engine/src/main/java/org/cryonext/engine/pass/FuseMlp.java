package org.cryonext.engine.pass;

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
import org.cryonext.engine.op.Activation;
import org.cryonext.engine.op.Grn;
import org.cryonext.engine.op.LayerNorm;
import org.cryonext.engine.op.Linear;
import org.cryonext.engine.op.Mlp;

/**
 * Makes one Mlp of a LayerNorm, a Linear with its activation, a Grn if there is one, and a Linear, where nothing else reads
 * what lies between and the backend takes it as one node. Run it after {@link FuseLinear}, and after gradients were added.
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

        List<Node> swallowed() {
            return grn == null ? List.of(norm, first) : List.of(norm, first, grn);
        }
    }

    /** The graph with every chain as one node that the backend has a kernel for. */
    public static Graph apply(Graph graph, Backend backend) {
        return apply(graph, backend, Joining.WHERE_POSSIBLE);
    }

    /** The graph with every chain as one node that is faster as such on the backend too. */
    public static Graph whereFaster(Graph graph, Backend backend) {
        return apply(graph, backend, Joining.WHERE_FASTER);
    }

    private static Graph apply(Graph graph, Backend backend, Joining joining) {
        Map<Value, Integer> readers = Joining.readers(graph);
        Map<Node, Chain> chains = new HashMap<>();
        Set<Node> gone = new HashSet<>();
        for (Node node : graph.nodes()) {
            Chain chain = chain(node, readers);
            if (chain != null && joining.takes(backend, chain.op(), chain.inputs())) {
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
