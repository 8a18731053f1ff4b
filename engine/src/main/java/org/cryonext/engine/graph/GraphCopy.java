package org.cryonext.engine.graph;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.cryonext.engine.op.Input;
import org.cryonext.engine.op.Op;
import org.cryonext.engine.op.Variable;

/** Copies nodes of one graph into another and remembers which value became which; what every pass is made of. */
public final class GraphCopy {
    private final Graph target;
    private final Map<Value, Value> moved = new HashMap<>();

    /** @param target receives the copies */
    public GraphCopy(Graph target) {
        this.target = target;
    }

    /** The copy of a value; null for null. */
    public Value of(Value value) {
        return value == null ? null : Objects.requireNonNull(moved.get(value), () -> value + " was not copied");
    }

    /** Whether a value has a copy. */
    public boolean has(Value value) {
        return moved.containsKey(value);
    }

    /** Lets a value be represented by one of the target. */
    public void map(Value value, Value copy) {
        moved.put(value, copy);
    }

    /** Copies a node whose inputs have been copied. */
    public void copy(Node node) {
        switch (node.op()) {
            case Input input -> map(node.output(0), target.input(input.name(), input.type()));
            case Variable variable -> map(node.output(0), target.variable(variable.name(), variable.type()));
            default -> replace(node, node.op(), node.inputs());
        }
    }

    /** Puts another operator, over values of the old graph, in a node's place; outputs correspond by index. */
    public void replace(Node node, Op op, List<Value> inputs) {
        Node copy = target.node(op, node.scope(), inputs.stream().map(this::of).collect(Collectors.toList()));
        for (int i = 0; i < node.outputs().size(); i++) {
            map(node.output(i), copy.output(i));
        }
    }

    /** Names the copies of all outputs that have one. */
    public void outputs(Graph source) {
        source.outputs().forEach((name, value) -> {
            if (has(value)) {
                target.output(name, of(value));
            }
        });
    }
}
