package org.cryonext.models.recognize;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.cryonext.engine.backend.reference.ReferenceBackend;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.graph.Node;
import org.cryonext.engine.graph.Value;
import org.cryonext.engine.op.Permute;
import org.cryonext.engine.op.Reshape;
import org.cryonext.engine.op.Variable;
import org.cryonext.engine.runtime.Program;
import org.cryonext.engine.runtime.Variables;
import org.cryonext.engine.tensor.Tensor;

/** Computes everything in a graph that depends on constants alone, for instance a transposed weight. */
final class ConstantFolding {
    private ConstantFolding() {}

    /**
     * The values that depend on no input.
     *
     * @param constants values of the graph's variables by name
     */
    static Map<Value, Tensor> apply(Graph graph, Map<String, Tensor> constants) {
        Map<Value, Tensor> known = new HashMap<>();
        for (Node node : graph.nodes()) {
            if (node.op() instanceof Variable variable) {
                known.put(node.output(0), constants.get(variable.name()));
            } else if (!node.inputs().isEmpty()
                    && node.inputs().stream().allMatch(v -> v == null || known.containsKey(v))) {
                known.put(node.output(0), compute(node, known));
            }
        }
        return known;
    }

    private static Tensor compute(Node node, Map<Value, Tensor> known) {
        return switch (node.op()) {
            // What is done to weights needs no detour over the backend's doubles.
            case Reshape op ->
                known.get(node.input("x")).reshape(node.output(0).shape().toArray());
            case Permute op ->
                known.get(node.input("x"))
                        .transpose(
                                op.order().stream().mapToInt(Integer::intValue).toArray());
            default -> run(node, known);
        };
    }

    private static Tensor run(Node node, Map<Value, Tensor> known) {
        Graph graph = new Graph();
        try (ReferenceBackend backend = new ReferenceBackend();
                Variables variables = new Variables(backend)) {
            List<Value> inputs = new ArrayList<>();
            for (Value value : node.inputs()) {
                if (value == null) {
                    inputs.add(null);
                } else {
                    String name = String.valueOf(inputs.size());
                    inputs.add(graph.variable(name, value.type()));
                    variables.set(name, known.get(value));
                }
            }
            graph.output("y", graph.node(node.op(), node.scope(), inputs).output(0));
            try (Program program = Program.compile(graph, variables)) {
                program.run();
                return program.get("y");
            }
        }
    }
}
