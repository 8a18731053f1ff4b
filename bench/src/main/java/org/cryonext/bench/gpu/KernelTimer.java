package org.cryonext.bench.gpu;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.StringJoiner;
import java.util.stream.LongStream;
import org.cryonext.bench.model.Products;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.cases.CaseInput;
import org.cryonext.engine.cases.OpCase;
import org.cryonext.engine.cases.OpCases;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.graph.Node;
import org.cryonext.engine.op.GlobalAveragePoolGradient;
import org.cryonext.engine.runtime.Program;
import org.cryonext.engine.runtime.Variables;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.engine.tensor.TensorType;

/** Times single operators at ConvNeXt-tiny's shapes, with batches that fill a card. */
final class KernelTimer {
    /** The batch that the list of timings has, made for processors, and the one that is timed here. */
    private static final long LISTED_BATCH = 8;

    private static final long BATCH = 64;

    private static final double SECONDS = 0.03;

    private final List<OpCase> timings = OpCases.timings().toList();
    private final KernelNumbers numbers = new KernelNumbers();

    Finding run(GpuTask.Kernel task, Backend backend) {
        OpCase c = enlarged(timings.get(task.index()));
        Optional<Finding> refusal = CaseProof.refusal(c, task.dtype(), backend);
        if (refusal.isPresent()) {
            return refusal.orElseThrow();
        }
        Node node = c.graph(task.dtype()).output("y0").node();
        return new Finding.Kernel(
                task.dtype().toString().toLowerCase(Locale.ROOT),
                task.index(),
                operator(node),
                inputs(c),
                work(node),
                microseconds(c, task.dtype(), backend));
    }

    /** @param backends one that chooses by itself and one for each tile, by name */
    Finding run(GpuTask.Tiles task, Map<String, Backend> backends) {
        OpCase c = enlarged(timings.get(task.index()));
        SequencedMap<String, Double> times = new LinkedHashMap<>();
        backends.forEach((name, backend) ->
                times.put(name, microseconds(c, task.precision().dtype(), backend)));
        Node node = c.graph(task.precision().dtype()).output("y0").node();
        return new Finding.Tiles(task.precision().toString(), operator(node), inputs(c), times);
    }

    private double microseconds(OpCase c, DType dtype, Backend backend) {
        Graph graph = c.graph(dtype);
        try (Variables variables = new Variables(backend);
                Program program = Program.compile(graph, variables)) {
            fill(c, graph, variables, program);
            return Stopwatch.time(program::run, backend, SECONDS).median() / 1e3;
        }
    }

    /** The graph of a timing as it is run. */
    static Graph graph(OpCase listed, DType dtype) {
        return enlarged(listed).graph(dtype);
    }

    private static OpCase enlarged(OpCase c) {
        if (c.op() instanceof GlobalAveragePoolGradient) {
            // Its shape is its own, not that of an input.
            return c;
        }
        List<CaseInput> inputs = new ArrayList<>();
        for (CaseInput input : c.inputs()) {
            boolean batched = input != null
                    && input.type().shape().rank() > 0
                    && input.type().shape().dim(0) == LISTED_BATCH;
            if (batched) {
                long[] dims = input.type().shape().toArray();
                dims[0] = BATCH;
                inputs.add(new CaseInput(
                        new TensorType(input.type().dtype(), Shape.of(dims)), input.kind(), input.scale()));
            } else {
                inputs.add(input);
            }
        }
        return new OpCase(c.op(), inputs);
    }

    private void fill(OpCase c, Graph graph, Variables variables, Program program) {
        for (int i = 0; i < c.inputs().size(); i++) {
            CaseInput input = c.inputs().get(i);
            if (input == null) {
                continue;
            }
            String name = c.inputName(i);
            if (graph.variables().containsKey(name)) {
                variables.set(
                        name,
                        values(input, i).to(graph.variables().get(name).type().dtype()));
                continue;
            }
            TensorType type = graph.inputs().get(name).type();
            if (type.shape().rank() > 1 && type.shape().dim(0) == BATCH) {
                // One sample after the other from the same numbers: making and sending all would take longer than
                // timing.
                long[] dims = type.shape().toArray();
                dims[0] = 1;
                CaseInput one = new CaseInput(
                        new TensorType(input.type().dtype(), Shape.of(dims)), input.kind(), input.scale());
                Tensor sample = values(one, i).to(type.dtype());
                for (int row = 0; row < BATCH; row++) {
                    program.setRows(name, row, sample);
                }
            } else {
                program.set(name, values(input, i).to(type.dtype()));
            }
        }
    }

    private Tensor values(CaseInput input, int seed) {
        if (input.kind() != CaseInput.Kind.NORMAL) {
            return input.tensor(seed);
        }
        float[] values = numbers.take(Math.toIntExact(input.type().shape().size()), input.scale());
        return Tensor.of(values, input.type().shape().toArray());
    }

    /** What a node has to do. */
    static Finding.Work work(Node node) {
        return new Finding.Work(node.cost().flops(), node.cost().bytes(), Products.include(node.op()));
    }

    /** The operator and what it is set to. */
    static String operator(Node node) {
        return node.op().toString().replace("[]", "");
    }

    /** For instance {@code x 64x56x56x96, weight 384x96, bias 384}. */
    private static String inputs(OpCase c) {
        StringJoiner text = new StringJoiner(", ");
        for (int i = 0; i < c.inputs().size(); i++) {
            if (c.inputs().get(i) != null) {
                StringJoiner dims = new StringJoiner("x");
                LongStream.of(c.inputs().get(i).type().shape().toArray()).forEach(d -> dims.add(String.valueOf(d)));
                text.add(c.inputName(i) + " " + dims);
            }
        }
        return text.toString();
    }
}
