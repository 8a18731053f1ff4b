package org.cryonext.models.recognize;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.graph.Node;
import org.cryonext.engine.graph.Value;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Tensor;

/** A file's constants as variables of the channels-last graph, each laid out as its use needs it. */
final class LaidConstants {
    private final Refusal refusal;
    private final Map<Value, Tensor> fixed;
    private final Graph graph;
    private final Map<Value, Tensor> tensors = new HashMap<>();
    private final Map<List<Object>, Value> known = new HashMap<>();

    /**
     * @param fixed the values of the file's graph that depend on no input
     * @param graph where the variables go
     */
    LaidConstants(Refusal refusal, Map<Value, Tensor> fixed, Graph graph) {
        this.refusal = refusal;
        this.fixed = fixed;
        this.graph = graph;
    }

    /** The values of the variables so far. */
    Map<Value, Tensor> tensors() {
        return Collections.unmodifiableMap(tensors);
    }

    /** Whether a value of the file's graph depends on no input. */
    boolean has(Value source) {
        return fixed.containsKey(source);
    }

    /** An input of a node of the file that has to be constant. */
    Tensor require(Node node, String input) {
        Tensor tensor = fixed.get(node.input(input));
        if (tensor == null) {
            throw refusal.of(node, "has a " + input + " that is computed from the images, expected a constant");
        }
        return tensor;
    }

    /**
     * A constant of the file as a variable.
     *
     * @param use how it is laid out; a constant used twice in one way is one variable
     */
    Value variable(Value source, Object use, Supplier<Tensor> layout) {
        return known.computeIfAbsent(List.of(source, use), k -> variable(layout.get()));
    }

    private Value variable(Tensor tensor) {
        // Casts are left out, so all that is real has one type.
        Tensor real = tensor.dtype().isFloating() ? tensor.to(DType.F32) : tensor;
        Value variable = graph.variable("constant" + tensors.size(), real.type());
        tensors.put(variable, real);
        return variable;
    }

    /** The number 1. */
    Value one() {
        return known.computeIfAbsent(List.of(1), k -> variable(Tensor.of(new float[] {1})));
    }

    /** A constant input of a node with a number for each channel. */
    Value vector(Node node, String input) {
        Tensor tensor = require(node, input);
        return variable(node.input(input), List.of(Axis.CHANNEL), () -> tensor);
    }

    /** A constant that meets an activation element by element: a scalar, [C], or, if it varies otherwise, [N, H, W, C]. */
    Value broadcast(Node node, Value source, Laid beside) {
        Tensor tensor = fixed.get(source);
        int offset = beside.groups().size() - tensor.shape().rank();
        List<Axis> axes = new ArrayList<>();
        List<Long> dims = new ArrayList<>();
        for (int i = 0; i < tensor.shape().rank(); i++) {
            if (tensor.shape().dim(i) == 1) {
                continue;
            }
            if (tensor.shape().dim(i) != beside.shape().dim(i + offset)) {
                throw refusal.of(
                        node,
                        "combines an activation of " + beside.shape() + " with a constant of " + tensor.shape()
                                + ", which makes it larger");
            }
            for (Axis axis : beside.wide(beside.groups().get(i + offset))) {
                axes.add(axis);
                dims.add(beside.extent(axis));
            }
        }
        return variable(source, List.copyOf(axes), () -> {
            int[] order = axes.stream().sorted().mapToInt(axes::indexOf).toArray();
            Tensor ordered =
                    tensor.reshape(dims.stream().mapToLong(d -> d).toArray()).transpose(order);
            if (axes.size() < 2 && (axes.isEmpty() || axes.contains(Axis.CHANNEL))) {
                return ordered;
            }
            long[] shape = new long[4];
            for (Axis axis : Axis.values()) {
                shape[axis.ordinal()] = axes.contains(axis) ? beside.extent(axis) : 1;
            }
            return uniform(ordered.reshape(shape));
        });
    }

    /** Without the positions, if the values do not depend on them. */
    private static Tensor uniform(Tensor tensor) {
        long channels = tensor.shape().channels();
        for (long i = channels; i < tensor.size(); i++) {
            if (Double.compare(tensor.get(i), tensor.get(i % channels)) != 0) {
                return tensor;
            }
        }
        Tensor row = tensor.reshape(tensor.shape().rows(), channels).slice(0, 1);
        return channels == 1 ? row.reshape() : row.reshape(channels);
    }
}
