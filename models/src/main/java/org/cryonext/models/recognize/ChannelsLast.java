package org.cryonext.models.recognize;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Collectors;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.graph.Node;
import org.cryonext.engine.graph.Value;
import org.cryonext.engine.op.Binary;
import org.cryonext.engine.op.BinaryFunction;
import org.cryonext.engine.op.Cast;
import org.cryonext.engine.op.Concat;
import org.cryonext.engine.op.Convolution;
import org.cryonext.engine.op.DepthwiseConv;
import org.cryonext.engine.op.Expand;
import org.cryonext.engine.op.Gather;
import org.cryonext.engine.op.Gelu;
import org.cryonext.engine.op.Input;
import org.cryonext.engine.op.LayerNorm;
import org.cryonext.engine.op.Linear;
import org.cryonext.engine.op.MatMul;
import org.cryonext.engine.op.Op;
import org.cryonext.engine.op.Pad;
import org.cryonext.engine.op.PatchConv;
import org.cryonext.engine.op.Permute;
import org.cryonext.engine.op.Reduce;
import org.cryonext.engine.op.ReduceFunction;
import org.cryonext.engine.op.Reshape;
import org.cryonext.engine.op.Slice;
import org.cryonext.engine.op.Unary;
import org.cryonext.engine.op.UnaryFunction;
import org.cryonext.engine.pass.DeadNodes;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.engine.tensor.TensorType;

/**
 * Rewrites a graph of primitives so that every activation lies as [N, H, W, C] and no node only moves elements: what the
 * file computes in NCHW, in NHWC, by matrix products or by 1 x 1 convolutions becomes one and the same. Each of the
 * file's values is followed as a {@link Laid} value; equal computations become one node, constants are folded,
 * convolutions become the engine's.
 *
 * <p>Only what a ConvNeXt needs is rewritten; anything else is refused, naming its node.
 */
final class ChannelsLast {
    private static final int COLOURS = 3;

    private final Refusal refusal;
    private final Map<Value, Laid> laid = new HashMap<>();
    private final Graph graph = new Graph();
    private final LaidConstants constants;
    private final Map<List<Object>, Value> known = new HashMap<>();

    private ChannelsLast(Refusal refusal, Map<Value, Tensor> fixed) {
        this.refusal = refusal;
        this.constants = new LaidConstants(refusal, fixed, graph);
    }

    /**
     * The rewritten graph.
     *
     * @param graph one input, the images [N, H, W, C]
     * @param image the file's images, as they lie there
     * @param constants the values of the graph's variables
     * @param outputs the file's outputs by name
     */
    record Result(Graph graph, Laid image, Map<Value, Tensor> constants, SequencedMap<String, Laid> outputs) {}

    /**
     * @param variables values of the graph's variables by name
     * @throws org.cryonext.engine.io.InputException naming the first node that no ConvNeXt has
     */
    static Result apply(Graph source, Map<String, Tensor> variables, Refusal refusal) {
        Graph live = DeadNodes.remove(source);
        ChannelsLast pass = new ChannelsLast(refusal, ConstantFolding.apply(live, variables));
        Laid image = null;
        for (Node node : live.nodes()) {
            if (node.op() instanceof Input input) {
                if (image != null) {
                    throw refusal.of(node, "is a second input, expected the images alone");
                }
                image = pass.image(node, input);
                pass.laid.put(node.output(0), image);
            } else if (!pass.constants.has(node.output(0))) {
                pass.graph.scope(node.scope());
                pass.laid.put(node.output(0), pass.rewrite(node));
            }
        }
        SequencedMap<String, Laid> outputs = new LinkedHashMap<>();
        for (Map.Entry<String, Value> output : live.outputs().entrySet()) {
            Laid value = pass.laid.get(output.getValue());
            if (value == null) {
                throw refusal.of(
                        output.getValue().node(), "gives the output " + output.getKey() + ", which is constant");
            }
            outputs.put(output.getKey(), value);
        }
        return new Result(pass.graph, image, pass.constants.tensors(), outputs);
    }

    private Laid image(Node node, Input input) {
        Shape shape = input.type().shape();
        if (shape.rank() != 4 || !input.type().dtype().isFloating()) {
            throw refusal.of(node, "is " + input.type() + ", expected images as F32 [N, C, H, W]");
        }
        // An image has fewer channels than pixels in a row; the stem's kernels tell if it was otherwise.
        boolean first = shape.dim(1) == COLOURS || shape.dim(3) != COLOURS && shape.dim(1) <= shape.dim(3);
        List<Axis> order = first
                ? List.of(Axis.IMAGE, Axis.CHANNEL, Axis.HEIGHT, Axis.WIDTH)
                : List.of(Axis.IMAGE, Axis.HEIGHT, Axis.WIDTH, Axis.CHANNEL);
        long[] dims = new long[4];
        for (int i = 0; i < 4; i++) {
            dims[order.get(i).ordinal()] = shape.dim(i);
        }
        Value value = graph.input("x", TensorType.f32(dims));
        return new Laid(value, order.stream().map(List::of).toList());
    }

    private Laid rewrite(Node node) {
        return switch (node.op()) {
            case Permute op -> {
                Laid x = x(node);
                yield new Laid(
                        x.value(), op.order().stream().map(x.groups()::get).toList());
            }
            case Reshape op -> reshape(node, x(node));
            case Gather op -> gather(node, op);
            case Expand op -> unchanged(node);
            case Slice op when op.steps().stream().allMatch(step -> step > 0) -> unchanged(node);
            case Pad op -> unchanged(node);
            case Concat op
            when node.inputs().size() == 1 -> laid.get(node.inputs().getFirst());
            case Cast op when op.to().isFloating() -> x(node);
            case Unary op -> x(node).with(add(op, x(node).value()));
            case Gelu op -> x(node).with(add(op, x(node).value()));
            case Binary op -> binary(node, op);
            case Reduce op -> reduce(node, op);
            case LayerNorm op -> layerNorm(node, op);
            case MatMul op -> matMul(node);
            case Convolution op -> convolution(node, op);
            default -> throw refusal.of(node, "has no place in a ConvNeXt");
        };
    }

    private Laid x(Node node) {
        return of(node, node.input("x"));
    }

    private Laid of(Node node, Value value) {
        Laid x = laid.get(value);
        if (x == null) {
            throw refusal.of(node, "works on a constant where activations were expected");
        }
        return x;
    }

    /** A node; the same operator over the same values is the same node. */
    private Value add(Op op, Value... in) {
        List<Object> key = new ArrayList<>(Arrays.asList((Object[]) in));
        key.add(op);
        return known.computeIfAbsent(key, k -> graph.add(op, in));
    }

    private Laid unchanged(Node node) {
        if (!node.output(0).shape().equals(node.input("x").shape())) {
            throw refusal.of(
                    node,
                    "turns " + node.input("x").shape() + " into "
                            + node.output(0).shape() + ", which no ConvNeXt does");
        }
        return x(node);
    }

    private Laid reshape(Node node, Laid x) {
        return x.reshape(node.output(0).shape())
                .orElseThrow(() -> refusal.of(
                        node,
                        "turns " + x.shape() + " into " + node.output(0).shape()
                                + ", which mixes channels and positions"));
    }

    /** PyTorch's dynamo exporter restores dimensions by gathering every element at its own place. */
    private Laid gather(Node node, Gather op) {
        Laid x = x(node);
        Tensor indices = constants.require(node, "indices");
        boolean all = indices.size() == x.shape().dim(op.axis());
        for (long i = 0; all && i < indices.size(); i++) {
            all = indices.get(i) == i;
        }
        if (!all) {
            throw refusal.of(node, "picks elements out of an activation, which no ConvNeXt does");
        }
        return reshape(node, x);
    }

    private Laid binary(Node node, Binary op) {
        Value a = node.input("a");
        Value b = node.input("b");
        if (constants.has(a)) {
            Laid other = widened(laid.get(b), node);
            return other.with(pointwise(op, constants.broadcast(node, a, other), other.value()));
        }
        if (constants.has(b)) {
            Laid other = widened(laid.get(a), node);
            return other.with(pointwise(op, other.value(), constants.broadcast(node, b, other)));
        }
        Laid left = widened(laid.get(a), node);
        Laid right = widened(laid.get(b), node);
        List<List<Axis>> groups = new ArrayList<>();
        for (int i = 0; i < left.groups().size(); i++) {
            List<Axis> l = left.wide(left.groups().get(i));
            List<Axis> r = right.wide(right.groups().get(i));
            if (!l.isEmpty() && !r.isEmpty() && !l.equals(r)) {
                throw refusal.of(
                        node,
                        "combines " + left.shape() + " and " + right.shape()
                                + ", whose dimensions are not the same channels and positions");
            }
            boolean fromLeft =
                    r.isEmpty() && (!l.isEmpty() || !left.groups().get(i).isEmpty());
            groups.add((fromLeft ? left : right).groups().get(i));
        }
        return new Laid(pointwise(op, left.value(), right.value()), groups);
    }

    /** With as many dimensions as the node's result has. */
    private static Laid widened(Laid x, Node node) {
        List<List<Axis>> groups = new ArrayList<>(x.groups());
        while (groups.size() < node.output(0).shape().rank()) {
            groups.addFirst(List.of());
        }
        return new Laid(x.value(), groups);
    }

    /** Roots are written as powers, too. */
    private Value pointwise(Binary op, Value a, Value b) {
        Tensor exponent =
                op.function() == BinaryFunction.POW ? constants.tensors().get(b) : null;
        if (exponent != null && exponent.size() == 1 && Math.abs(exponent.get(0)) == 0.5) {
            Value root = add(new Unary(UnaryFunction.SQRT), a);
            return exponent.get(0) > 0 ? root : add(new Binary(BinaryFunction.DIV), constants.one(), root);
        }
        return add(op, a, b);
    }

    private Laid reduce(Node node, Reduce op) {
        Laid x = x(node);
        Set<Axis> reduced = EnumSet.noneOf(Axis.class);
        List<List<Axis>> groups = new ArrayList<>(x.groups());
        for (int axis : op.axes()) {
            reduced.addAll(x.groups().get(axis));
            groups.set(axis, List.of());
        }
        if (reduced.isEmpty() && op.function() != ReduceFunction.L2) {
            return new Laid(x.value(), groups);
        }
        Value from = x.value();
        if (op.function() == ReduceFunction.MEAN
                && from.node().op() instanceof Reduce before
                && before.function() == ReduceFunction.MEAN
                && isSpatial(reduced)
                && isSpatial(axes(before))) {
            // The mean over rows of the mean over columns.
            reduced.addAll(axes(before));
            from = from.node().input("x");
        }
        Reduce canonical =
                new Reduce(op.function(), reduced.stream().map(Axis::ordinal).toList());
        return new Laid(add(canonical, from), groups);
    }

    private static Set<Axis> axes(Reduce op) {
        return op.axes().stream().map(axis -> Axis.values()[axis]).collect(Collectors.toSet());
    }

    private static boolean isSpatial(Set<Axis> axes) {
        return !axes.contains(Axis.IMAGE) && !axes.contains(Axis.CHANNEL);
    }

    private Laid layerNorm(Node node, LayerNorm op) {
        Laid x = x(node);
        int last = x.groups().size() - 1;
        if (!x.isChannels(last)) {
            throw refusal.of(
                    node, "normalises over the last dimension of " + x.shape() + ", which is not the channels");
        }
        return x.with(add(op, x.value(), constants.vector(node, "weight"), constants.vector(node, "bias")));
    }

    /** x W with a weight [K, N], or W x with a weight [N, K] and the channels as x's last dimension but one. */
    private Laid matMul(Node node) {
        boolean right = constants.has(node.input("b"));
        String name = right ? "b" : "a";
        Laid x = of(node, node.input(right ? "a" : "b"));
        Tensor weight = constants.require(node, name);
        Shape shape = weight.shape();
        int rank = x.groups().size();
        int dimension = right ? rank - 1 : rank - 2;
        if (shape.size() != shape.dim(-1) * shape.dim(-2) || !x.isChannels(dimension)) {
            throw refusal.of(
                    node, "multiplies " + x.shape() + " by " + shape + ", which is not one matrix for the channels");
        }
        Value matrix = constants.variable(node.input(name), right ? "columns" : "rows", () -> {
            Tensor flat = weight.reshape(shape.dim(-2), shape.dim(-1));
            return right ? flat.transpose(1, 0) : flat;
        });
        List<List<Axis>> groups = new ArrayList<>(widened(x, node).groups());
        if (groups.get(groups.size() - rank + dimension).isEmpty()) {
            groups.set(groups.size() - rank + dimension, List.of(Axis.CHANNEL));
        }
        return new Laid(add(new Linear(), x.value(), matrix), groups);
    }

    private Laid convolution(Node node, Convolution op) {
        Laid x = x(node);
        if (!x.is(Axis.IMAGE, Axis.CHANNEL, Axis.HEIGHT, Axis.WIDTH)) {
            throw refusal.of(node, "convolves " + x.shape() + ", which is not [N, C, H, W]");
        }
        Tensor weight = constants.require(node, "weight");
        Shape shape = weight.shape();
        long kernel = shape.dim(2);
        if (shape.dim(3) != kernel) {
            throw refusal.of(node, "has kernels of " + kernel + " x " + shape.dim(3) + ", expected square ones");
        }
        if (kernel > 1 && Collections.max(op.dilations()) > 1) {
            throw refusal.of(node, "has dilation " + op.dilations() + ", expected 1");
        }
        Value bias = node.input("bias") == null ? null : constants.vector(node, "bias");
        boolean depthwise = op.groups() == x.extent(Axis.CHANNEL) && shape.dim(0) == op.groups() && kernel > 1;
        Value y;
        if (depthwise && isAll(op.strides(), 1)) {
            long pad = (kernel - 1) / 2;
            if (kernel % 2 == 0 || !isAll(op.before(), pad) || !isAll(op.after(), pad)) {
                throw refusal.of(
                        node,
                        "has padding " + op.before() + " and " + op.after() + " around kernels of " + kernel + " x "
                                + kernel + ", which changes the image's size");
            }
            Value filter = constants.variable(
                    node.input("weight"),
                    "depthwise",
                    () -> weight.reshape(shape.dim(0), kernel, kernel).transpose(1, 2, 0));
            y = add(new DepthwiseConv((int) kernel), x.value(), filter, bias);
        } else if (op.groups() != 1) {
            throw refusal.of(
                    node,
                    "has " + op.groups() + " groups for " + x.extent(Axis.CHANNEL) + " channels and stride "
                            + op.strides() + ", which no ConvNeXt has");
        } else if (!isAll(op.before(), 0) || !isAll(op.after(), 0) || !isAll(op.strides(), kernel)) {
            throw refusal.of(
                    node,
                    "has kernels of " + kernel + " x " + kernel + " with stride " + op.strides() + " and padding "
                            + op.before() + ", expected patches side by side");
        } else if (kernel == 1) {
            Value matrix = constants.variable(
                    node.input("weight"), "matrix", () -> weight.reshape(shape.dim(0), shape.dim(1)));
            y = add(new Linear(), x.value(), matrix, bias);
        } else {
            Value filter = constants.variable(node.input("weight"), "patch", () -> weight.transpose(0, 2, 3, 1));
            y = add(new PatchConv(Math.toIntExact(kernel)), x.value(), filter, bias);
        }
        return new Laid(
                y, List.of(List.of(Axis.IMAGE), List.of(Axis.CHANNEL), List.of(Axis.HEIGHT), List.of(Axis.WIDTH)));
    }

    private static boolean isAll(List<Long> values, long expected) {
        return values.stream().allMatch(v -> v == expected);
    }
}
