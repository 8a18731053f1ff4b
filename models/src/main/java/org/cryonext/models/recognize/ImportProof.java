package org.cryonext.models.recognize;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SplittableRandom;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.MemoryException;
import org.cryonext.engine.backend.cpu.CpuBackend;
import org.cryonext.engine.backend.reference.ReferenceBackend;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.graph.GraphCopy;
import org.cryonext.engine.graph.Value;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.Progress;
import org.cryonext.engine.op.GlobalAveragePool;
import org.cryonext.engine.op.LayerNorm;
import org.cryonext.engine.pass.DeadNodes;
import org.cryonext.engine.pass.FuseLinear;
import org.cryonext.engine.plan.Plan;
import org.cryonext.engine.runtime.Program;
import org.cryonext.engine.runtime.Variables;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.models.convnext.ConvNext;

/**
 * Runs a file's own graph and the ConvNeXt rebuilt from it on the same random images, and compares what they give. What
 * was misunderstood cannot give the same numbers.
 *
 * @param images what it was run on, for instance "1 random image of 224 x 224"
 * @param largest largest difference to the file's own graph on the {@code reference} backend, as a part of the largest
 *     logit (or feature)
 * @param largestOnCpu the same on the {@code cpu} backend
 */
public record ImportProof(String images, double largest, double largestOnCpu) {
    /** A larger difference is no rounding. */
    public static final double TOLERANCE = 1e-4;

    private static final long MEGA = 1_000_000;

    /**
     * Compares a graph with the model recognised in it.
     *
     * @param file where it comes from, for messages
     * @param graph primitives
     * @param constants values of its variables by name
     * @throws InputException if they differ by more than {@link #TOLERANCE}, or there is too little memory
     */
    static ImportProof run(
            String file, Graph graph, Map<String, Tensor> constants, Recognition model, Progress progress) {
        Map.Entry<String, Value> input = graph.inputs().entrySet().iterator().next();
        try {
            requireMemory(graph, input.getValue());
            Tensor physical = random(input.getValue().shape(), 1);
            Tensor images = model.image().toChannelsLast(physical);
            progress.start("Running the file's graph", work(graph), "MFLOP");
            SequencedMap<String, Tensor> expected;
            try (Backend reference = new ReferenceBackend()) {
                expected = run(reference, graph, constants, Map.of(input.getKey(), physical), progress);
            }
            expected.replaceAll(
                    (name, tensor) -> model.outputs().get(name).layout().toChannelsLast(tensor));
            progress.start("Running the ConvNeXt rebuilt from it", work(rebuilt(model, images.shape())), "MFLOP");
            double largest;
            try (Backend reference = new ReferenceBackend()) {
                largest = largest(expected, results(reference, model, images, progress));
            }
            double largestOnCpu;
            double variation;
            try (Backend cpu = new CpuBackend(Runtime.getRuntime().availableProcessors())) {
                Map<String, Tensor> found = results(cpu, model, images, Progress.none());
                largestOnCpu = largest(expected, found);
                Tensor others =
                        model.image().toChannelsLast(random(input.getValue().shape(), 2));
                variation = largest(found, results(cpu, model, others, Progress.none()));
            }
            progress.finish();
            ImportProof proof = new ImportProof(describe(images.shape()), largest, largestOnCpu);
            proof.require(file);
            requireVariation(file, variation);
            return proof;
        } catch (MemoryException e) {
            throw new InputException(
                    "Running " + file + " does not fit into memory: " + e.getMessage() + "; raise --memory", e);
        }
    }

    /** The run allocates what it needs by itself, but the images are made before. */
    private static void requireMemory(Graph graph, Value images) {
        try (Backend reference = new ReferenceBackend()) {
            Plan plan = Plan.of(graph, reference);
            long needed =
                    plan.bytes() + plan.variableBytes() + 2 * images.type().bytes();
            if (needed > reference.availableBytes()) {
                throw new MemoryException("its graph with " + images.type(), needed, reference.availableBytes());
            }
        }
    }

    private void require(String file) {
        if (!(largest <= TOLERANCE) || !(largestOnCpu <= TOLERANCE)) {
            throw new InputException(file + " was taken for a ConvNeXt, but the one rebuilt from it differs by "
                    + number(Double.isNaN(largest) ? largest : Math.max(largest, largestOnCpu))
                    + " of the largest result on " + images + ", expected at most " + number(TOLERANCE)
                    + ": it is not imported");
        }
    }

    /** Two networks that give the same whatever they see, as one with a classifier of zeros does, agree without being one. */
    private static void requireVariation(String file, double variation) {
        if (!(variation > TOLERANCE)) {
            throw new InputException(
                    file + " gives the same results for other images (they differ by " + number(variation)
                            + " of the largest), so comparing them cannot show whether it was read rightly: it is not imported; give"
                            + " its weights as safetensors or as a PyTorch checkpoint");
        }
    }

    /** For instance {@code On 1 random image of 224 x 224 the file's own graph and ... differ by 3e-7 ...}. */
    public String sentence() {
        return "On " + images + " the file's own graph and the rebuilt ConvNeXt differ by " + number(largest)
                + " of the largest result (cpu backend: " + number(largestOnCpu) + ")";
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.1e", value);
    }

    private static String describe(Shape images) {
        long n = images.dim(0);
        return n + " random image" + (n == 1 ? "" : "s") + " of " + images.dim(1) + " x " + images.dim(2);
    }

    /**
     * What the rebuilt model gives under the names of the file's outputs, channels last.
     *
     * @param images [N, H, W, 3]
     */
    static SequencedMap<String, Tensor> results(Backend backend, Recognition model, Tensor images, Progress progress) {
        Map<String, Tensor> parameters = new LinkedHashMap<>(model.parameters());
        model.outputs().forEach((name, output) -> {
            if (output.then() instanceof Recognition.Normalised norm) {
                parameters.put(name + ".weight", norm.weight());
                parameters.put(name + ".bias", norm.bias());
            }
        });
        return run(backend, rebuilt(model, images.shape()), parameters, Map.of("x", images), progress);
    }

    /** Floating-point operations of one run. */
    static long flops(Graph graph) {
        return graph.nodes().stream().mapToLong(n -> n.cost().flops()).sum();
    }

    private static long work(Graph graph) {
        return flops(graph) / MEGA;
    }

    private static SequencedMap<String, Tensor> run(
            Backend backend, Graph graph, Map<String, Tensor> values, Map<String, Tensor> inputs, Progress progress) {
        try (Variables variables = new Variables(backend)) {
            graph.variables().keySet().forEach(name -> variables.set(name, values.get(name)));
            try (Program program = Program.compile(graph, variables)) {
                inputs.forEach(program::set);
                long[] flops = new long[2];
                program.run(node -> {
                    flops[0] += node.cost().flops();
                    progress.advance(flops[0] / MEGA - flops[1]);
                    flops[1] = flops[0] / MEGA;
                });
                SequencedMap<String, Tensor> results = new LinkedHashMap<>();
                graph.outputs()
                        .keySet()
                        .forEach(name -> results.put(name, program.get(name).to(DType.F32)));
                return results;
            }
        }
    }

    /** The rebuilt model with the file's outputs under the file's names. */
    private static Graph rebuilt(Recognition model, Shape images) {
        Graph whole = ConvNext.inference(model.config(), images.dim(0), images.dim(1), images.dim(2));
        Graph graph = new Graph();
        GraphCopy copy = new GraphCopy(graph);
        whole.nodes().forEach(copy::copy);
        model.outputs().forEach((name, output) -> {
            Value value = copy.of(whole.output(output.name()));
            graph.output(
                    name,
                    switch (output.then()) {
                        case Recognition.Nothing nothing -> value;
                        case Recognition.Mean mean -> graph.add(new GlobalAveragePool(), value);
                        case Recognition.Normalised norm ->
                            graph.add(
                                    new LayerNorm(norm.epsilon()),
                                    value,
                                    graph.variable(
                                            name + ".weight", norm.weight().type()),
                                    graph.variable(name + ".bias", norm.bias().type()));
                    });
        });
        return FuseLinear.apply(DeadNodes.remove(graph));
    }

    /** The largest difference of any output over its largest magnitude; NaN if there is one in the results. */
    private static double largest(Map<String, Tensor> expected, Map<String, Tensor> found) {
        List<Double> relative = new ArrayList<>();
        expected.forEach((name, tensor) -> relative.add(relative(tensor, found.get(name))));
        return relative.stream().reduce(0.0, Math::max);
    }

    private static double relative(Tensor expected, Tensor found) {
        double difference = 0;
        double magnitude = 0;
        for (long i = 0; i < expected.size(); i++) {
            difference = Math.max(difference, Math.abs(expected.get(i) - found.get(i)));
            magnitude = Math.max(magnitude, Math.abs(expected.get(i)));
        }
        return magnitude > 0 ? difference / magnitude : difference;
    }

    /** Standard normal. */
    private static Tensor random(Shape shape, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[Math.toIntExact(shape.size())];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return Tensor.of(values, shape.toArray());
    }
}
