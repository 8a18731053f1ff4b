package org.cryonext.engine.pass;

import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.graph.GraphCopy;
import org.cryonext.engine.graph.Node;
import org.cryonext.engine.graph.Value;
import org.cryonext.engine.op.Gelu;
import org.cryonext.engine.op.Grn;
import org.cryonext.engine.op.Input;
import org.cryonext.engine.op.LayerNorm;
import org.cryonext.engine.op.Variable;

/**
 * Lets gradients compute results of the forward pass again, just before they are read, rather than keep them until then:
 * memory for time, the same bits (Chen et al.: Training deep nets with sublinear memory cost, arXiv 1604.06174). Run it
 * on a training graph before {@link FuseLinear}, which then finds that nothing else reads some of those results.
 */
public final class Recompute {
    private Recompute() {}

    /** What costs less to compute than its memory is worth: one pass over its input. */
    public static boolean isCheap(Node node) {
        return node.op() instanceof Gelu || node.op() instanceof LayerNorm || node.op() instanceof Grn;
    }

    /**
     * The graph in which nothing after the loss reads the first results of the chosen nodes.
     *
     * @param loss what the gradients are of; nodes after it are gradients and updates
     * @param again chooses among the nodes before it
     */
    public static Graph apply(Graph graph, Value loss, Predicate<Node> again) {
        Graph result = new Graph();
        Renewal renewal = new Renewal(new GraphCopy(result), loss.node().id(), again);
        for (Node node : graph.nodes()) {
            if (node.id() > loss.node().id()) {
                node.inputs().forEach(renewal::renew);
            }
            renewal.copy.copy(node);
        }
        renewal.copy.outputs(graph);
        return result;
    }

    /**
     * Puts second results into the place of first ones.
     *
     * @param copy of the graph; whoever reads a renewed value from then on gets the second result
     * @param last node of the forward pass
     */
    private record Renewal(GraphCopy copy, int last, Predicate<Node> again, Set<Node> renewed) {
        Renewal(GraphCopy copy, int last, Predicate<Node> again) {
            this(copy, last, again, new HashSet<>());
        }

        void renew(Value value) {
            if (value == null || value.node().id() > last) {
                return;
            }
            Node node = value.node();
            boolean leaf = node.op() instanceof Input || node.op() instanceof Variable;
            if (!leaf && again.test(node) && renewed.add(node)) {
                node.inputs().forEach(this::renew);
                copy.copy(node);
            }
        }
    }
}
