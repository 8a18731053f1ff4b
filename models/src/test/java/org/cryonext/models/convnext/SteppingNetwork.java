package org.cryonext.models.convnext;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.cpu.CpuBackend;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.graph.Value;
import org.cryonext.engine.op.SoftmaxCrossEntropy;
import org.cryonext.engine.optim.AdamWSettings;
import org.cryonext.engine.optim.Optimizer;
import org.cryonext.engine.optim.ParameterGroup;
import org.cryonext.engine.runtime.Program;
import org.cryonext.engine.runtime.Variables;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Shape;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.engine.tensor.TensorType;
import org.cryonext.models.checkpoint.Checkpoint;
import org.cryonext.models.checkpoint.Preprocessing;

/**
 * The process of {@link StepAllocationTest}: makes steps of a network until some allocate nothing, and prints what the
 * last ones did on all threads together.
 */
final class SteppingNetwork {
    private static final int THREADS = 2;
    private static final int SAMPLES = 3;
    /** Odd, so that no downsampling takes all pixels. */
    private static final int HEIGHT = 33;

    private static final int WIDTH = 37;
    private static final int STEPS = 200;
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(120);

    private static final ThreadMXBean ALLOCATIONS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** @param args {@code V1} or {@code V2}, {@code training} or {@code inference} */
    public static void main(String[] args) {
        ConvNextConfig config = ConvNextConfig.of(
                        Version.valueOf(args[0]), List.of(1, 1, 1, 1), List.of(16, 20, 36, 40), 5)
                .withDropPathRate(0.5);
        try (Backend backend = new CpuBackend(THREADS);
                Variables variables = new Variables(backend)) {
            Checkpoint.fresh(config, Preprocessing.usual(HEIGHT, 3), 1).upload(variables);
            try (Program program =
                    args[1].equals("training") ? training(config, variables) : inference(config, variables)) {
                Tensor x = Tensor.zeros(program.plan().graph().inputs().get("x").type());
                for (long i = 0; i < x.size(); i++) {
                    x.set(i, Math.sin(i));
                }
                program.set("x", x);
                System.out.println(allocated(program) + " bytes in " + STEPS + " steps");
            }
        }
    }

    private static Program inference(ConvNextConfig config, Variables variables) {
        Graph graph = Passes.inference(ConvNext.inference(config, SAMPLES, HEIGHT, WIDTH), variables.backend());
        return Program.compile(graph, variables);
    }

    /** Forward, loss, backward, clipping, AdamW and moving average. */
    private static Program training(ConvNextConfig config, Variables variables) {
        Graph graph = new Graph();
        Value x = graph.input("x", ConvNext.images(config, SAMPLES, HEIGHT, WIDTH));
        Value seed = graph.input("seed", new TensorType(DType.I32, Shape.of(2)));
        Value labels = graph.input("labels", new TensorType(DType.I32, Shape.of(SAMPLES)));
        Value weights = graph.input("class_weights", TensorType.f32(config.classes()));
        Value logits = ConvNext.addTraining(graph, config, x, seed).logits();
        Value loss = graph.add(new SoftmaxCrossEntropy(0.1), logits, labels, weights);
        graph.output("loss", loss);
        List<String> parameters =
                Parameter.of(config).stream().map(Parameter::name).toList();
        AdamWSettings usual = AdamWSettings.defaults();
        Optimizer optimizer = new Optimizer(
                List.of(new ParameterGroup("all", parameters, 0.05)),
                new AdamWSettings(usual.beta1(), usual.beta2(), usual.epsilon(), 1, 0.9));
        optimizer.add(graph, loss);
        optimizer.begin(variables);
        Program program = Program.compile(Passes.step(graph, "loss", variables.backend(), false), variables);
        program.set("labels", Tensor.of(new int[] {0, 4, 2}, SAMPLES));
        program.set("class_weights", Tensor.of(new float[] {1, 2, 1, 0.5f, 1}, config.classes()));
        program.set("seed", Tensor.of(new int[] {1, 2}, 2));
        optimizer.next(program, Map.of("all", 1e-3));
        return program;
    }

    private static long allocated(Program program) {
        long[] workers = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("cryonext-cpu-"))
                .mapToLong(Thread::threadId)
                .toArray();
        if (workers.length != THREADS - 1) {
            throw new IllegalStateException(workers.length + " threads beside this one");
        }
        long deadline = System.nanoTime() + PATIENCE;
        long allocated;
        do {
            // What asking allocates on this thread lies outside of what is counted on it.
            long byWorkers = sum(workers);
            long before = ALLOCATIONS.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < STEPS; i++) {
                program.run();
            }
            allocated = ALLOCATIONS.getCurrentThreadAllocatedBytes() - before;
            allocated += sum(workers) - byWorkers;
        } while (allocated > 0 && System.nanoTime() < deadline);
        return allocated;
    }

    private static long sum(long[] threads) {
        long sum = 0;
        for (long bytes : ALLOCATIONS.getThreadAllocatedBytes(threads)) {
            sum += bytes;
        }
        return sum;
    }
}
