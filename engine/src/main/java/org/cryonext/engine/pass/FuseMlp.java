package org.cryonext.engine.pass;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.graph.GraphCopy;
import org.cryonext.engine.graph.Node;
import org.cryonext.engine.graph.Value;
import org.cryonext.engine.op.Activation;
import org.cryonext.engine.op.Gelu;
import org.cryonext.engine.op.Grn;
import org.cryonext.engine.op.LayerNorm;
import org.cryonext.engine.op.Linear;
import org.cryonext.engine.op.Mlp;

/**
 * Makes one Mlp of a LayerNorm, a Linear with its activation, a Grn if there is one, and a Linear, where nothing else reads
 * what lies between, but for gradients what the activation is given, and the backend takes it as one node. Run it after {@link
 * FuseLinear}, and after gradients were added.
 */
public final class FuseMlp {
    private FuseMlp() {}

    /**
     * The chain that becomes one node.
     *
     * @param gelu what something else reads the argument of; null where the first Linear has its activation itself
     * @param grn null where there is none
     */
    private record Chain(Node norm, Node first, Node gelu, Node grn, Node second) {
        Mlp op() {
            double epsilon = ((LayerNorm) norm.op()).epsilon();
            double grnEpsilon = grn == null ? 0 : ((Grn) grn.op()).epsilon();
            Activation activation = gelu == null
                    ? ((Linear) first.op()).activation()
                    : ((Gelu) gelu.op()).tanh() ? Activation.GELU_TANH : Activation.GELU;
            return new Mlp(epsilon, activation, grnEpsilon, gelu != null);
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
            return Stream.of(norm, first, gelu, grn).filter(Objects::nonNull).toList();
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
        Map<Value, List<Node>> readers = readers(graph);
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
                if (chain.gelu != null) {
                    copy.map(
                            chain.first.output(0),
                            copy.of(node.output(0)).node().output(1));
                }
            } else if (!gone.contains(node)) {
                copy.copy(node);
            }
        }
        copy.outputs(graph);
        return result;
    }

    /** Who reads a value; null stands for the graph's outputs. */
    private static Map<Value, List<Node>> readers(Graph graph) {
        Map<Value, List<Node>> readers = new HashMap<>();
        for (Node node : graph.nodes()) {
            node.inputs().stream()
                    .filter(Objects::nonNull)
                    .forEach(value -> readers.computeIfAbsent(value, key -> new ArrayList<>())
                            .add(node));
        }
        graph.outputs()
                .values()
                .forEach(value ->
                        readers.computeIfAbsent(value, key -> new ArrayList<>()).add(null));
        return readers;
    }

    /** The chain that ends in a node; null if none does. */
    private static Chain chain(Node second, Map<Value, List<Node>> readers) {
        if (!(second.op() instanceof Linear last) || last.activation() != Activation.NONE) {
            return null;
        }
        Node before = only(second.input("x"), readers);
        Node grn = before != null && before.op() instanceof Grn ? before : null;
        Node activated = grn == null ? before : only(grn.input("x"), readers);
        Node gelu = activated != null && activated.op() instanceof Gelu ? activated : null;
        Node first = gelu == null ? activated : gelu.input("x").node();
        if (first == null
                || !(first.op() instanceof Linear linear)
                || (linear.activation() == Activation.NONE) != (gelu != null)
                || first.input("residual") != null
                || gelu != null && !isReadLater(first.output(0), gelu, second, readers)) {
            return null;
        }
        Node norm = only(first.input("x"), readers);
        boolean square = norm != null
                && norm.op() instanceof LayerNorm
                && second.input("weight").type().shape().dim(0)
                        == norm.input("x").type().shape().channels();
        return square ? new Chain(norm, first, gelu, grn, second) : null;
    }

    /** Whether a value is there in time for all who read it, but for one, if it comes with a later node. */
    private static boolean isReadLater(Value value, Node one, Node later, Map<Value, List<Node>> readers) {
        return readers.get(value).stream()
                .allMatch(reader -> reader == null || reader == one || reader.id() > later.id());
    }

    /** The node that makes a value which one node alone reads, else null. */
    private static Node only(Value value, Map<Value, List<Node>> readers) {
        return readers.get(value).size() == 1 ? value.node() : null;
    }
}
