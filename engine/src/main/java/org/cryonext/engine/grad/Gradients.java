package org.cryonext.engine.grad;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.graph.Node;
import org.cryonext.engine.graph.Value;
import org.cryonext.engine.op.Add;
import org.cryonext.engine.op.Fill;
import org.cryonext.engine.op.Gradient;
import org.cryonext.engine.op.Op;
import org.cryonext.engine.op.Operand;

/** Reverse-mode differentiation: appends to a graph the nodes that compute gradients of a scalar, or of a weighted sum. */
public final class Gradients {
    private final Graph graph;
    private final Set<Node> needed = new HashSet<>();
    private final Map<Value, Value> gradients = new HashMap<>();

    private Gradients(Graph graph) {
        this.graph = graph;
    }

    /**
     * Appends the gradients of {@code loss} with respect to {@code targets}.
     *
     * @param loss a value of one element
     * @param targets variables, inputs or values between them and the loss
     * @return gradient by target, in the targets' order
     * @throws IllegalArgumentException if the loss does not depend on a target
     */
    public static Map<Value, Value> add(Graph graph, Value loss, List<Value> targets) {
        return add(graph, loss, graph.add(new Fill(loss.type(), 1)), targets);
    }

    /**
     * As {@link #add(Graph, Value, List)}, multiplied by a factor.
     *
     * @param loss a value of any shape, if the factor has the same: then the gradients are of the sum of its elements, each
     *     times that of the factor
     * @param factor a value of the loss's shape
     */
    public static Map<Value, Value> add(Graph graph, Value loss, Value factor, List<Value> targets) {
        return new Gradients(graph).run(loss, factor, targets);
    }

    private Map<Value, Value> run(Value loss, Value factor, List<Value> targets) {
        List<Node> forward = List.copyOf(graph.nodes());
        for (Node node : forward) {
            if (node.inputs().stream().anyMatch(v -> v != null && needed.contains(v.node()))
                    || targets.stream().anyMatch(t -> t.node() == node)) {
                needed.add(node);
            }
        }
        gradients.put(loss, factor);
        for (Node node : forward.reversed()) {
            if (needed.contains(node)
                    && !node.op().slots().names().isEmpty()
                    && gradients.containsKey(node.output(0))) {
                node.op().gradient(new Rule(node));
            }
        }
        Map<Value, Value> result = new LinkedHashMap<>();
        for (Value target : targets) {
            Value gradient = gradients.get(target);
            if (gradient == null) {
                throw new IllegalArgumentException("the loss does not depend on " + target);
            }
            result.put(target, gradient);
        }
        return result;
    }

    private final class Rule implements Gradient {
        private final Node node;

        Rule(Node node) {
            this.node = node;
        }

        @Override
        public Operand in(String name) {
            return node.input(name);
        }

        @Override
        public Operand out(int index) {
            return node.output(index);
        }

        @Override
        public Operand dy() {
            return gradients.get(node.output(0));
        }

        @Override
        public boolean wants(String name) {
            Value value = node.input(name);
            return value != null && needed.contains(value.node());
        }

        @Override
        public List<Operand> add(Op op, Operand... inputs) {
            Node added = graph.node(
                    op, node.scope(), Arrays.stream(inputs).map(v -> (Value) v).collect(Collectors.toList()));
            return IntStream.range(0, added.outputs().size())
                    .<Operand>mapToObj(added::output)
                    .toList();
        }

        @Override
        public void flow(String name, Operand gradient) {
            if (wants(name)) {
                Value value = Objects.requireNonNull(node.input(name));
                gradients.merge(
                        value,
                        (Value) gradient,
                        (a, b) -> graph.node(new Add(), node.scope(), List.of(a, b))
                                .output(0));
            }
        }
    }
}
