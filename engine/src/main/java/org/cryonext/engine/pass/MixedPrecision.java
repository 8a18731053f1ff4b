package org.cryonext.engine.pass;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.graph.GraphCopy;
import org.cryonext.engine.graph.Node;
import org.cryonext.engine.graph.Value;
import org.cryonext.engine.op.Add;
import org.cryonext.engine.op.Cast;
import org.cryonext.engine.op.Input;
import org.cryonext.engine.op.Primitive;
import org.cryonext.engine.op.Variable;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.TensorType;

/**
 * Lets an F32 graph compute in F16 or BF16, as torch.autocast does: activations and matrices are of that type, sums are
 * taken in F32, and what {@link org.cryonext.engine.op.Op#single} names stays F32, as do losses, the gradients of parameters, the
 * optimiser and all outputs. Run it after gradients were added.
 */
public final class MixedPrecision {
    private final DType type;
    private final Graph result = new Graph();
    private final Map<Value, Value> moved = new HashMap<>();
    private final Map<Value, Map<DType, Value>> casts = new HashMap<>();

    private MixedPrecision(DType type) {
        this.type = type;
    }

    /** Inputs and variables stay F32; matrices are rounded in every run, so that small updates are not lost. */
    public static Graph training(Graph graph, DType type) {
        return type == DType.F32 ? graph : new MixedPrecision(type).run(graph);
    }

    /**
     * Inputs and variables that are used in the type alone are of the type themselves. Variables are therefore made by
     * compiling the graph before they are set, which rounds them.
     */
    public static Graph inference(Graph graph, DType type) {
        return type == DType.F32 ? graph : held(new MixedPrecision(type).run(graph), type);
    }

    private Graph run(Graph graph) {
        for (Node node : graph.nodes()) {
            if (isLeaf(node)) {
                moved.put(node.output(0), leaf(result, node, node.output(0).type()));
                continue;
            }
            List<Value> inputs = node.op() instanceof Primitive ? original(node) : mixed(node);
            Node copy = result.node(node.op(), node.scope(), inputs);
            for (int i = 0; i < node.outputs().size(); i++) {
                moved.put(node.output(i), copy.output(i));
            }
        }
        graph.outputs()
                .forEach((name, value) -> result.output(
                        name,
                        cast(
                                moved.get(value),
                                value.type().dtype(),
                                value.node().scope())));
        return result;
    }

    private List<Value> original(Node node) {
        List<Value> inputs = new ArrayList<>();
        for (Value value : node.inputs()) {
            inputs.add(
                    value == null ? null : cast(moved.get(value), value.type().dtype(), node.scope()));
        }
        return inputs;
    }

    private List<Value> mixed(Node node) {
        // A sum of two gradients of a parameter is one itself.
        boolean follows = node.op() instanceof Add
                && node.inputs().stream()
                        .allMatch(value -> moved.get(value).type().dtype() == DType.F32);
        List<Value> inputs = new ArrayList<>();
        for (int i = 0; i < node.inputs().size(); i++) {
            Value value = node.inputs().get(i);
            if (value == null || value.type().dtype() != DType.F32) {
                inputs.add(value == null ? null : moved.get(value));
                continue;
            }
            boolean single =
                    follows || node.op().single().contains(node.op().slots().name(i));
            inputs.add(cast(moved.get(value), single ? DType.F32 : type, node.scope()));
        }
        return inputs;
    }

    /** A value in a type, rounded once however often it is read. */
    private Value cast(Value value, DType to, String scope) {
        if (value.type().dtype() == to) {
            return value;
        }
        return casts.computeIfAbsent(value, key -> new HashMap<>())
                .computeIfAbsent(
                        to,
                        key -> result.node(new Cast(to), scope, List.of(value)).output(0));
    }

    private static Graph held(Graph graph, DType type) {
        Set<Value> held = new HashSet<>();
        Set<Value> others = new HashSet<>(graph.outputs().values());
        for (Node node : graph.nodes()) {
            boolean rounds = node.op() instanceof Cast cast && cast.to() == type;
            for (Value value : node.inputs()) {
                if (value != null && isLeaf(value.node())) {
                    (rounds ? held : others).add(value);
                }
            }
        }
        held.removeAll(others);
        Graph result = new Graph();
        GraphCopy copy = new GraphCopy(result);
        for (Node node : graph.nodes()) {
            if (node.op() instanceof Cast && held.contains(node.inputs().getFirst())) {
                Node leaf = node.inputs().getFirst().node();
                copy.map(node.output(0), leaf(result, leaf, node.output(0).type()));
            } else if (!isLeaf(node) || !held.contains(node.output(0))) {
                copy.copy(node);
            }
        }
        copy.outputs(graph);
        return result;
    }

    private static Value leaf(Graph graph, Node node, TensorType type) {
        return node.op() instanceof Variable variable
                ? graph.variable(variable.name(), type)
                : graph.input(((Input) node.op()).name(), type);
    }

    private static boolean isLeaf(Node node) {
        return node.op() instanceof Input || node.op() instanceof Variable;
    }
}
