package org.cryonext.models.recognize;

import java.nio.file.Path;
import java.util.ArrayList;
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
import org.cryonext.engine.graph.Value;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.Progress;
import org.cryonext.engine.plan.Plan;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.models.onnx.OnnxProgram;

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

    /**
     * Compares a file's graph with the model recognised in it.
     *
     * @param program the file's graph
     * @throws InputException if they differ by more than {@link #TOLERANCE}, or there is too little memory
     */
    static ImportProof run(OnnxProgram program, Recognition model, Progress progress) {
        Map.Entry<String, Value> input =
                program.graph().inputs().entrySet().iterator().next();
        Shape shape = input.getValue().shape();
        RebuiltModel rebuilt = new RebuiltModel(model);
        try {
            requireMemory(program.graph(), input.getValue());
            Tensor physical = random(shape, 1);
            Tensor images = model.image().toChannelsLast(physical);
            SequencedMap<String, Tensor> expected;
            try (Backend reference = new ReferenceBackend()) {
                expected = program.run(reference, Map.of(input.getKey(), physical), progress);
            }
            expected.replaceAll(
                    (name, tensor) -> model.outputs().get(name).layout().toChannelsLast(tensor.to(DType.F32)));
            double largest;
            try (Backend reference = new ReferenceBackend()) {
                largest = largest(expected, rebuilt.run(reference, images, progress));
            }
            double largestOnCpu;
            double variation;
            try (Backend cpu = new CpuBackend(Runtime.getRuntime().availableProcessors())) {
                Map<String, Tensor> found = rebuilt.run(cpu, images, progress);
                largestOnCpu = largest(expected, found);
                Tensor others = model.image().toChannelsLast(random(shape, 2));
                variation = largest(found, rebuilt.run(cpu, others, Progress.none()));
            }
            ImportProof proof = new ImportProof(describe(images.shape()), largest, largestOnCpu);
            proof.require(program.file());
            requireVariation(program.file(), variation);
            return proof;
        } catch (MemoryException e) {
            throw new InputException(
                    "Running " + program.file() + " does not fit into memory: " + e.getMessage() + "; raise --memory",
                    e);
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

    private void require(Path file) {
        if (!(largest <= TOLERANCE) || !(largestOnCpu <= TOLERANCE)) {
            throw new InputException(file + " was taken for a ConvNeXt, but the one rebuilt from it differs by "
                    + number(Double.isNaN(largest) ? largest : Math.max(largest, largestOnCpu))
                    + " of the largest result on " + images + ", expected at most " + number(TOLERANCE)
                    + ": it is not imported");
        }
    }

    /** Two networks that give the same whatever they see, as one with a classifier of zeros does, agree without being one. */
    private static void requireVariation(Path file, double variation) {
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
