package org.cryonext.engine.backend.cuda;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.cryonext.engine.backend.Bindings;
import org.cryonext.engine.backend.Block;
import org.cryonext.engine.backend.Kernel;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.graph.Node;
import org.cryonext.engine.graph.Value;
import org.cryonext.engine.op.DepthwiseConv;
import org.cryonext.engine.op.DepthwiseNorm;
import org.cryonext.engine.op.Grn;
import org.cryonext.engine.op.Input;
import org.cryonext.engine.op.LayerNorm;
import org.cryonext.engine.op.Linear;
import org.cryonext.engine.op.Mlp;
import org.cryonext.engine.tensor.TensorType;

/**
 * A node that was joined from several, by the kernels of these, one after another, with what lies between them in working
 * memory: what its own kernel is measured against. The parts' kernels are chosen only when this one is asked for something.
 */
final class InParts implements Kernel {
    private final Node node;
    private final Function<Node, Kernel> kernels;
    private List<Part> parts;
    private long between;
    private long scratchBytes;

    /** @param kernels gives the kernel of each part */
    InParts(Node node, Function<Node, Kernel> kernels) {
        this.node = node;
        this.kernels = kernels;
    }

    /**
     * One of them.
     *
     * @param node of a graph of the parts alone, whose inputs are called as the joined node's
     * @param at where in the working memory its result is; not used for the last one's
     */
    private record Part(Node node, Kernel kernel, long at) {}

    @Override
    public long scratchBytes() {
        parts();
        return scratchBytes;
    }

    private List<Part> parts() {
        if (parts == null) {
            List<Part> made = new ArrayList<>();
            long at = 0;
            long most = 0;
            for (Node part : nodes()) {
                Kernel kernel = kernels.apply(part);
                made.add(new Part(part, kernel, at));
                at += aligned(part.outputs().getFirst().bytes());
                most = Math.max(most, kernel.scratchBytes());
            }
            between = at - aligned(made.getLast().node().outputs().getFirst().bytes());
            scratchBytes = between + most;
            parts = List.copyOf(made);
        }
        return parts;
    }

    private static long aligned(long bytes) {
        return Math.ceilDiv(bytes, CudaBackend.ALIGNMENT) * CudaBackend.ALIGNMENT;
    }

    private List<Node> nodes() {
        Graph graph = new Graph();
        return switch (node.op()) {
            case Mlp op -> mlp(op, graph);
            case DepthwiseNorm op -> {
                Value sum =
                        graph.add(new DepthwiseConv(op.k()), in(graph, "x"), in(graph, "weight"), in(graph, "bias"));
                Value y = graph.add(new LayerNorm(op.epsilon()), sum, in(graph, "norm_weight"), in(graph, "norm_bias"));
                yield List.of(sum.node(), y.node());
            }
            default -> throw new IllegalArgumentException(node + " was not joined from others");
        };
    }

    private List<Node> mlp(Mlp op, Graph graph) {
        Value normalised = graph.add(
                new LayerNorm(op.epsilon()), in(graph, "x"), in(graph, "norm_weight"), in(graph, "norm_bias"));
        Value hidden = graph.add(new Linear(op.activation()), normalised, in(graph, "weight1"), in(graph, "bias1"));
        Value scaled = node.input("gamma") == null
                ? hidden
                : graph.add(new Grn(op.grnEpsilon()), hidden, in(graph, "gamma"), in(graph, "beta"));
        Value y = graph.add(
                new Linear(),
                scaled,
                in(graph, "weight2"),
                in(graph, "bias2"),
                in(graph, "residual"),
                in(graph, "scale"),
                in(graph, "keep"));
        List<Node> nodes = new ArrayList<>(List.of(normalised.node(), hidden.node()));
        if (scaled != hidden) {
            nodes.add(scaled.node());
        }
        nodes.add(y.node());
        return nodes;
    }

    private Value in(Graph graph, String name) {
        Value value = node.input(name);
        return value == null ? null : graph.input(name, value.type());
    }

    @Override
    public Step bind(Bindings all) {
        Map<Value, Block> blocks = new HashMap<>();
        List<Step> steps = new ArrayList<>();
        for (Part part : parts()) {
            boolean last = part == parts.getLast();
            for (Value value : part.node.inputs()) {
                if (value != null && value.node().op() instanceof Input input) {
                    blocks.put(value, all.in(input.name()));
                }
            }
            TensorType type = part.node.outputs().getFirst();
            blocks.put(
                    part.node.output(0), last ? all.out(0) : new CudaBlock(CudaKernel.scratch(all, 0) + part.at, type));
            steps.add(part.kernel.bind(new PartBindings(part, all, blocks)));
        }
        Step[] inOrder = steps.toArray(Step[]::new);
        return () -> {
            for (Step step : inOrder) {
                step.run();
            }
        };
    }

    /** A part's memory. */
    private final class PartBindings implements Bindings {
        private final Part part;
        private final Bindings all;
        private final Map<Value, Block> blocks;

        PartBindings(Part part, Bindings all, Map<Value, Block> blocks) {
            this.part = part;
            this.all = all;
            this.blocks = blocks;
        }

        @Override
        public Block in(String name) {
            return blocks.get(part.node.input(name));
        }

        @Override
        public Block in(int index) {
            return blocks.get(part.node.inputs().get(index));
        }

        @Override
        public int inputs() {
            return part.node.inputs().size();
        }

        @Override
        public Block out(int index) {
            return blocks.get(part.node.output(index));
        }

        @Override
        public Block scratch() {
            long floats = Math.ceilDiv(part.kernel.scratchBytes(), Float.BYTES);
            return floats == 0 ? null : new CudaBlock(CudaKernel.scratch(all, 0) + between, TensorType.f32(floats));
        }

        @Override
        public Block resident() {
            return null;
        }

        @Override
        public long version(String input) {
            return part.node.input(input).node().op() instanceof Input of ? all.version(of.name()) : 1;
        }
    }
}
