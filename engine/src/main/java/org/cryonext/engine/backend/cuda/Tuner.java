package org.cryonext.engine.backend.cuda;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.cryonext.engine.backend.Bindings;
import org.cryonext.engine.backend.Block;
import org.cryonext.engine.backend.Kernel;
import org.cryonext.engine.backend.MemoryException;
import org.cryonext.engine.backend.Usage;
import org.cryonext.engine.backend.cuda.driver.CudaContext;
import org.cryonext.engine.backend.cuda.driver.CudaEvent;
import org.cryonext.engine.backend.cuda.driver.CudaException;
import org.cryonext.engine.backend.cuda.driver.CudaGraph;
import org.cryonext.engine.backend.cuda.driver.CudaStream;
import org.cryonext.engine.backend.cuda.driver.DeviceMemory;
import org.cryonext.engine.backend.cuda.tune.Candidate;
import org.cryonext.engine.backend.cuda.tune.Measurement;
import org.cryonext.engine.graph.Node;
import org.cryonext.engine.graph.Value;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.engine.tensor.TensorType;

/**
 * Times kernels that compute the same, on the card, in memory of their own that is given back at once. Each runs once to be
 * compared with the usual one, then {@value #TIMES} times recorded as one graph, as in a program, which is launched once
 * before anything counts: a graph's first launch prepares it. In each of {@value #ROUNDS} rounds the card has a graph to do
 * while the host hands it the one that is timed. A kernel that takes {@value #HOPELESS} times as long as the best so far is
 * given up after the first round.
 */
final class Tuner {
    private static final int TIMES = 5;
    private static final int ROUNDS = 3;
    private static final int HOPELESS = 3;

    /** Other kernels round otherwise; a wrong one is far beyond this. */
    private static final double FARTHEST = 1e-4;

    private static final int COMPARED = 1 << 20;
    private static final int PATTERN = 1 << 16;

    /** Share of the free memory that may be taken. */
    private static final double SHARE = 0.9;

    private final CudaContext context;
    private final Stopwatch stopwatch;

    /** Tells how long a kernel takes. */
    @FunctionalInterface
    interface Stopwatch {
        /**
         * Microseconds of a kernel that is bound.
         *
         * @param best those of the fastest so far
         */
        double time(String name, Kernel.Step step, double best);
    }

    Tuner(CudaContext context) {
        this.context = context;
        this.stopwatch = this::time;
    }

    /** For tests: with times that are told. */
    Tuner(CudaContext context, Stopwatch stopwatch) {
        this.context = context;
        this.stopwatch = stopwatch;
    }

    /**
     * Measures kernels of a node; nothing if the card has not the memory to do so.
     *
     * @param candidates the usual one first
     */
    Optional<Measurement> measure(Node node, Usage usage, List<Candidate> candidates) {
        long bytes = bytes(node, candidates);
        if (bytes > SHARE * context.freeBytes()) {
            return Optional.empty();
        }
        try (Place place = new Place(node, usage, candidates)) {
            Map<String, Double> microseconds = new LinkedHashMap<>();
            Map<String, String> failed = new TreeMap<>();
            List<float[]> expected = null;
            double best = Double.POSITIVE_INFINITY;
            for (Candidate candidate : candidates) {
                try {
                    place.spoil();
                    Kernel.Step step = candidate.kernel().bind(place.bindings(candidate.kernel()));
                    step.run();
                    List<float[]> results = place.results();
                    if (expected == null) {
                        expected = results;
                    }
                    double error = error(results, expected);
                    // Also of no number.
                    if (!(error <= FARTHEST)) {
                        failed.put(candidate.name(), "its results are off by " + error + " of the usual ones' square");
                        continue;
                    }
                    double time = stopwatch.time(candidate.name(), step, best);
                    best = Math.min(best, time);
                    microseconds.put(candidate.name(), time);
                } catch (CudaException e) {
                    failed.put(candidate.name(), e.getMessage());
                }
            }
            String usual = candidates.getFirst().name();
            return microseconds.containsKey(usual)
                    ? Optional.of(Measurement.of(usual, microseconds, failed))
                    : Optional.empty();
        } catch (MemoryException e) {
            // Free memory may be in pieces, or somebody else's by now.
            return Optional.empty();
        }
    }

    /**
     * Runs a kernel of a node once, in memory of its own.
     *
     * @return why it cannot be run; nothing if it can, or the card has not the memory to try
     */
    Optional<String> attempt(Node node, Usage usage, Candidate candidate) {
        if (bytes(node, List.of(candidate)) > SHARE * context.freeBytes()) {
            return Optional.empty();
        }
        try (Place place = new Place(node, usage, List.of(candidate))) {
            candidate.kernel().bind(place.bindings(candidate.kernel())).run();
            context.stream().synchronize();
            return Optional.empty();
        } catch (CudaException e) {
            return Optional.of(e.getMessage());
        } catch (MemoryException e) {
            // Free memory may be in pieces, or somebody else's by now.
            return Optional.empty();
        }
    }

    private double time(String name, Kernel.Step step, double best) {
        CudaStream stream = context.stream();
        try (CudaGraph graph = stream.capture(() -> {
                    for (int i = 0; i < TIMES; i++) {
                        step.run();
                    }
                });
                CudaEvent start = context.timer();
                CudaEvent end = context.timer()) {
            graph.launch(stream);
            double least = Double.POSITIVE_INFINITY;
            for (int round = 0; round < ROUNDS; round++) {
                graph.launch(stream);
                stream.record(start);
                graph.launch(stream);
                stream.record(end);
                end.synchronize();
                least = Math.min(least, 1000.0 * end.millisecondsSince(start) / TIMES);
                if (least > HOPELESS * best) {
                    break;
                }
            }
            return least;
        }
    }

    private static long bytes(Node node, List<Candidate> candidates) {
        long bytes = candidates.stream()
                .mapToLong(c -> c.kernel().scratchBytes() + c.kernel().residentBytes())
                .max()
                .orElse(0);
        for (Value value : node.inputs()) {
            bytes += value == null ? 0 : value.type().bytes();
        }
        for (TensorType type : node.outputs()) {
            bytes += type.bytes();
        }
        return bytes;
    }

    private static double error(List<float[]> actual, List<float[]> expected) {
        double worst = 0;
        for (int i = 0; i < actual.size(); i++) {
            double error = 0;
            double power = 0;
            for (int j = 0; j < actual.get(i).length; j++) {
                double d = actual.get(i)[j] - expected.get(i)[j];
                error += d * d;
                power += (double) expected.get(i)[j] * expected.get(i)[j];
            }
            double share = error == 0 ? 0 : error / power;
            worst = share > worst || Double.isNaN(share) ? share : worst;
        }
        return worst;
    }

    /** Memory for a node alone, its inputs filled with normal numbers. */
    private final class Place implements AutoCloseable {
        private final Node node;
        private final List<DeviceMemory> memory = new ArrayList<>();
        private final Map<Value, CudaBlock> inputs = new LinkedHashMap<>();
        private final List<CudaBlock> outputs = new ArrayList<>();
        private final CudaBlock scratch;
        private final CudaBlock resident;

        Place(Node node, Usage usage, List<Candidate> candidates) {
            this.node = node;
            try {
                for (Value value : node.inputs()) {
                    if (value != null && !inputs.containsKey(value)) {
                        inputs.put(value, block(value.type()));
                        fill(inputs.get(value));
                    }
                }
                for (int i = 0; i < node.outputs().size(); i++) {
                    outputs.add(usage.reads(node, i) ? block(node.outputs().get(i)) : null);
                }
                scratch = largest(candidates.stream()
                        .mapToLong(c -> c.kernel().scratchBytes())
                        .max()
                        .orElse(0));
                resident = largest(candidates.stream()
                        .mapToLong(c -> c.kernel().residentBytes())
                        .max()
                        .orElse(0));
            } catch (RuntimeException e) {
                close();
                throw e;
            }
        }

        private CudaBlock largest(long bytes) {
            return bytes == 0 ? null : block(TensorType.f32(Math.ceilDiv(bytes, Float.BYTES)));
        }

        private CudaBlock block(TensorType type) {
            DeviceMemory piece = context.allocate(type.bytes());
            memory.add(piece);
            return new CudaBlock(piece.address(), type);
        }

        /** The same numbers again and again, as zeros would cost the card less than work does. */
        private void fill(CudaBlock block) {
            int count = (int) Math.min(PATTERN, block.size());
            RandomGenerator random =
                    RandomGeneratorFactory.of("L64X128MixRandom").create(1);
            float[] values = new float[count];
            for (int i = 0; i < count; i++) {
                values[i] = (float) random.nextGaussian();
            }
            Tensor pattern = Tensor.of(values, count).to(block.dtype());
            long bytes = pattern.data().byteSize();
            long all = block.size() * block.dtype().bytes();
            context.stream().upload(pattern.data(), 0, block.address(), bytes);
            for (long done = bytes; done < all; done *= 2) {
                context.stream().copy(block.address(), block.address() + done, Math.min(done, all - done));
            }
        }

        /** What a kernel does not write, or reads before it does, is no number and shows. */
        void spoil() {
            for (CudaBlock block : outputs) {
                if (block != null) {
                    spoil(block);
                }
            }
            if (scratch != null) {
                spoil(scratch);
            }
        }

        private void spoil(CudaBlock block) {
            context.stream().fill(block.address(), (byte) -1, block.type().bytes());
        }

        List<float[]> results() {
            List<float[]> results = new ArrayList<>();
            for (CudaBlock block : outputs) {
                if (block != null) {
                    Tensor head =
                            Tensor.zeros(new TensorType(block.dtype(), Shape.of(Math.min(COMPARED, block.size()))));
                    context.stream()
                            .download(
                                    block.address(), head.data(), 0, head.data().byteSize());
                    results.add(head.to(DType.F32).toFloats());
                }
            }
            return results;
        }

        Bindings bindings(Kernel kernel) {
            return new Bindings() {
                @Override
                public Block in(String name) {
                    return inputs.get(node.input(name));
                }

                @Override
                public Block in(int index) {
                    return inputs.get(node.inputs().get(index));
                }

                @Override
                public int inputs() {
                    return node.inputs().size();
                }

                @Override
                public Block out(int index) {
                    return outputs.get(index);
                }

                @Override
                public Block scratch() {
                    return kernel.scratchBytes() == 0 ? null : scratch;
                }

                @Override
                public Block resident() {
                    return kernel.residentBytes() == 0 ? null : resident;
                }

                @Override
                public long version(String input) {
                    return 1;
                }
            };
        }

        @Override
        public void close() {
            memory.forEach(DeviceMemory::close);
        }
    }
}
