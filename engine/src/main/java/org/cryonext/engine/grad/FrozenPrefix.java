package org.cryonext.engine.grad;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.graph.GraphCopy;
import org.cryonext.engine.graph.Node;
import org.cryonext.engine.graph.Value;
import org.cryonext.engine.op.Input;
import org.cryonext.engine.op.Variable;
import org.cryonext.engine.pass.DeadNodes;

/**
 * The part of a training graph that gives the same result for the same sample in every epoch, because it is neither
 * updated nor random, cut off from the rest: it can be computed once and its results fed to the rest.
 *
 * @param prefix computes the cut's values from the data inputs, as outputs {@code cut.0, cut.1, ...}
 * @param rest the graph with inputs of those names in the prefix's place
 * @param cut the values' names
 */
public record FrozenPrefix(Graph prefix, Graph rest, List<String> cut) {

    /**
     * Splits a graph.
     *
     * @param data names of the inputs that belong to the samples, first dimension the sample
     * @param trained names of variables that change while the prefix's results are kept, besides those that this graph
     *     itself updates
     * @return empty if nothing is worth keeping
     */
    public static Optional<FrozenPrefix> split(Graph graph, Set<String> data, Set<String> trained) {
        Set<String> changing = new HashSet<>(trained);
        for (Node node : graph.nodes()) {
            for (String updated : node.op().updates()) {
                if (node.input(updated).node().op() instanceof Variable variable) {
                    changing.add(variable.name());
                }
            }
        }
        Set<Node> frozen = new HashSet<>();
        for (Node node : graph.nodes()) {
            boolean still = switch (node.op()) {
                case Input input -> data.contains(input.name());
                case Variable variable -> !changing.contains(variable.name());
                default ->
                    !node.op().random()
                            && node.op().updates().isEmpty()
                            && !node.inputs().isEmpty()
                            && node.inputs().stream().allMatch(v -> v == null || frozen.contains(v.node()));
            };
            if (still) {
                frozen.add(node);
            }
        }
        Set<Value> cut = new LinkedHashSet<>();
        for (Node node : graph.nodes()) {
            if (!frozen.contains(node)) {
                node.inputs().stream()
                        .filter(v -> v != null && frozen.contains(v.node()) && isComputed(v.node()))
                        .forEach(cut::add);
            }
        }
        graph.outputs().values().stream()
                .filter(v -> frozen.contains(v.node()) && isComputed(v.node()))
                .forEach(cut::add);
        if (cut.isEmpty()) {
            return Optional.empty();
        }
        List<String> names = new ArrayList<>();
        Graph prefix = new Graph();
        GraphCopy toPrefix = new GraphCopy(prefix);
        graph.nodes().stream().filter(frozen::contains).forEach(toPrefix::copy);
        Graph rest = new Graph();
        GraphCopy toRest = new GraphCopy(rest);
        for (Value value : cut) {
            String name = "cut." + names.size();
            names.add(name);
            prefix.output(name, toPrefix.of(value));
            toRest.map(value, rest.input(name, value.type()));
        }
        for (Node node : graph.nodes()) {
            if (!frozen.contains(node) || (node.op() instanceof Variable) || isReadInput(graph, node, frozen)) {
                toRest.copy(node);
            }
        }
        toRest.outputs(graph);
        return Optional.of(new FrozenPrefix(DeadNodes.remove(prefix), DeadNodes.remove(rest), List.copyOf(names)));
    }

    private static boolean isComputed(Node node) {
        return !(node.op() instanceof Input || node.op() instanceof Variable);
    }

    /** Whether a data input is also read outside of the prefix. */
    private static boolean isReadInput(Graph graph, Node input, Set<Node> frozen) {
        return input.op() instanceof Input
                && graph.nodes().stream()
                        .filter(n -> !frozen.contains(n))
                        .anyMatch(n -> n.inputs().contains(input.output(0)));
    }
}
