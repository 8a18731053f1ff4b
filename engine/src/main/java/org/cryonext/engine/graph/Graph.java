package org.cryonext.engine.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.cryonext.engine.op.Input;
import org.cryonext.engine.op.Op;
import org.cryonext.engine.op.Slots;
import org.cryonext.engine.op.Variable;
import org.cryonext.engine.tensor.TensorType;

/**
 * A computation of fixed shapes: nodes in an order in which each can be run, named inputs, variables and outputs. A
 * graph only grows; passes make new ones.
 */
public final class Graph {
    private final List<Node> nodes = new ArrayList<>();
    private final Map<String, Value> inputs = new LinkedHashMap<>();
    private final Map<String, Value> variables = new LinkedHashMap<>();
    private final Map<String, Value> outputs = new LinkedHashMap<>();
    private String scope = "";

    /** A value to be set before each run; asking again for the same name and type gives the same value. */
    public Value input(String name, TensorType type) {
        return leaf(inputs, name, new Input(name, type), type);
    }

    /** A value kept between runs; asking again for the same name and type gives the same value. */
    public Value variable(String name, TensorType type) {
        return leaf(variables, name, new Variable(name, type), type);
    }

    private Value leaf(Map<String, Value> known, String name, Op op, TensorType type) {
        Value before = known.get(name);
        if (before == null) {
            before = add(op);
            known.put(name, before);
        } else if (!before.type().equals(type)) {
            throw new IllegalArgumentException(name + " is " + before.type() + " already, not " + type);
        }
        return before;
    }

    /** Names the part of the model that following nodes belong to. */
    public void scope(String name) {
        scope = name;
    }

    /**
     * Applies an operator and returns its first output.
     *
     * @param in in the order of {@link Op#slots}; null leaves an optional input out
     * @throws IllegalArgumentException if the inputs do not fit
     */
    public Value add(Op op, Value... in) {
        return node(op, scope, Arrays.asList(in)).output(0);
    }

    /** Applies an operator within a named part of the model. */
    public Node node(Op op, String scope, List<Value> in) {
        Slots slots = op.slots();
        List<Value> given = new ArrayList<>(in);
        while (!slots.repeats() && given.size() < slots.names().size()) {
            given.add(null);
        }
        if (!slots.repeats() && given.size() > slots.names().size()) {
            throw new IllegalArgumentException(op + " takes " + slots.names() + ", not " + given.size() + " inputs");
        }
        for (int i = 0; i < given.size(); i++) {
            Value value = given.get(i);
            if (value == null && !slots.optional(i)) {
                throw new IllegalArgumentException(op + " lacks its input " + slots.name(i));
            }
            if (value != null
                    && (value.node().id() >= nodes.size()
                            || nodes.get(value.node().id()) != value.node())) {
                throw new IllegalArgumentException(op + ": input " + slots.name(i) + " is of another graph");
            }
        }
        List<Value> inputsOfNode = Collections.unmodifiableList(given);
        Node node = new Node(nodes.size(), op, scope, inputsOfNode, op.infer(Node.types(op, inputsOfNode)));
        nodes.add(node);
        return node;
    }

    /** Makes a value readable from outside under a name. */
    public void output(String name, Value value) {
        if (outputs.putIfAbsent(name, value) != null) {
            throw new IllegalArgumentException("output " + name + " exists already");
        }
    }

    /** All nodes, each after those it reads. */
    public List<Node> nodes() {
        return Collections.unmodifiableList(nodes);
    }

    /** Inputs by name, in the order they were asked for. */
    public Map<String, Value> inputs() {
        return Collections.unmodifiableMap(inputs);
    }

    /** Variables by name, in the order they were asked for. */
    public Map<String, Value> variables() {
        return Collections.unmodifiableMap(variables);
    }

    /** Outputs by name, in the order they were named. */
    public Map<String, Value> outputs() {
        return Collections.unmodifiableMap(outputs);
    }

    /** One output by name. */
    public Value output(String name) {
        Value value = outputs.get(name);
        if (value == null) {
            throw new IllegalArgumentException("no output " + name + "; there are " + outputs.keySet());
        }
        return value;
    }
}
