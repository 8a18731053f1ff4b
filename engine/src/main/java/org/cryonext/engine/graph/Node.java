package org.cryonext.engine.graph;

import java.util.List;
import java.util.Objects;
import org.cryonext.engine.op.Cost;
import org.cryonext.engine.op.Inputs;
import org.cryonext.engine.op.Op;
import org.cryonext.engine.tensor.TensorType;

/** An operator applied to values. Nodes are compared by identity; they are made by {@link Graph} alone. */
public final class Node {
    private final int id;
    private final Op op;
    private final String scope;
    private final List<Value> inputs;
    private final List<TensorType> outputs;

    Node(int id, Op op, String scope, List<Value> inputs, List<TensorType> outputs) {
        this.id = id;
        this.op = op;
        this.scope = scope;
        this.inputs = inputs;
        this.outputs = List.copyOf(outputs);
    }

    /** Position in the graph: every node comes after the nodes it reads. */
    public int id() {
        return id;
    }

    /** What is computed. */
    public Op op() {
        return op;
    }

    /** Where in the model the node belongs, for instance {@code stages.0.layers.1}; for messages and profiles. */
    public String scope() {
        return scope;
    }

    /** The values read, in the order of {@link Op#slots}; null where an optional one is left out. */
    public List<Value> inputs() {
        return inputs;
    }

    /** The value read under this name; null if it was left out. */
    public Value input(String name) {
        int index = op.slots().index(name);
        return index < inputs.size() ? inputs.get(index) : null;
    }

    /** Types of the outputs. */
    public List<TensorType> outputs() {
        return outputs;
    }

    /** One of the outputs. */
    public Value output(int index) {
        return new Value(this, Objects.checkIndex(index, outputs.size()));
    }

    /** The inputs' types by name. */
    public Inputs types() {
        return types(op, inputs);
    }

    /** Work of one run. */
    public Cost cost() {
        return op.cost(types());
    }

    static Inputs types(Op op, List<Value> inputs) {
        return new Inputs(
                op, inputs.stream().map(v -> v == null ? null : v.type()).toList());
    }

    @Override
    public String toString() {
        return "%" + id + (scope.isEmpty() ? "" : " " + scope) + " " + op;
    }
}
