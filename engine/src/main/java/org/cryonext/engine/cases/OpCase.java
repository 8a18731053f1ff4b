package org.cryonext.engine.cases;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.graph.Node;
import org.cryonext.engine.graph.Value;
import org.cryonext.engine.op.Op;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.engine.tensor.TensorType;

/**
 * An operator with concrete inputs.
 *
 * @param op the operator
 * @param inputs in the order of its slots; null where an optional one is left out
 */
public record OpCase(Op op, List<CaseInput> inputs) {
    /** A case; null leaves an optional input out. */
    public static OpCase of(Op op, CaseInput... inputs) {
        return new OpCase(op, Arrays.asList(inputs));
    }

    /** For instance {@code LayerNorm[epsilon=1.0E-6] x=[1, 65, 97, 5]*0.01}. */
    @Override
    public String toString() {
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < inputs.size(); i++) {
            CaseInput input = inputs.get(i);
            if (input != null) {
                String scale = input.scale() == 1 ? "" : "*" + input.scale();
                String kind = input.kind() == CaseInput.Kind.NORMAL
                        ? ""
                        : " " + input.kind().name().toLowerCase();
                String type = input.type().dtype() == DType.F32
                        ? input.type().shape().toString()
                        : input.type().toString();
                parts.add(op.slots().name(i) + "=" + type + scale + kind);
            }
        }
        return op + parts.stream().collect(Collectors.joining(" ", " ", ""));
    }

    /** The name of an input in {@link #graph} and {@link #values}. */
    public String inputName(int index) {
        return op.slots().name(index) + (op.slots().repeats() ? "." + index : "");
    }

    /**
     * A graph of this one operator. Its inputs are named as in {@link #inputName}; those it updates are variables. Its
     * outputs are {@code y0, y1, ...}.
     *
     * @param dtype element type of the floating inputs; those of {@link Op#single} are F32 where it is shorter
     */
    public Graph graph(DType dtype) {
        Graph graph = new Graph();
        List<Value> values = new ArrayList<>();
        for (int i = 0; i < inputs.size(); i++) {
            CaseInput input = inputs.get(i);
            if (input == null) {
                values.add(null);
                continue;
            }
            boolean single = op.single().contains(op.slots().name(i));
            TensorType type = input.type().dtype() == DType.F32
                    ? new TensorType(single ? dtype.wide() : dtype, input.type().shape())
                    : input.type();
            boolean updated = op.updates().contains(op.slots().name(i));
            values.add(updated ? graph.variable(inputName(i), type) : graph.input(inputName(i), type));
        }
        Node node = graph.node(op, "", values);
        for (int i = 0; i < node.outputs().size(); i++) {
            graph.output("y" + i, node.output(i));
        }
        return graph;
    }

    /** The inputs' values, the same at every call; null where one is left out. */
    public List<Tensor> values() {
        List<Tensor> values = new ArrayList<>();
        for (int i = 0; i < inputs.size(); i++) {
            values.add(inputs.get(i) == null ? null : inputs.get(i).tensor(1000 + i));
        }
        return values;
    }
}
