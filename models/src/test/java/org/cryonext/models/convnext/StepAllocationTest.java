package org.cryonext.models.convnext;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.cpu.CpuBackend;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.op.Mlp;
import org.cryonext.engine.runtime.Program;
import org.cryonext.engine.runtime.Variables;
import org.cryonext.engine.tensor.Tensor;
import org.cryonext.engine.tensor.TensorType;
import org.cryonext.models.checkpoint.Checkpoint;
import org.cryonext.models.checkpoint.Preprocessing;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whole networks in use on two threads, neither of which may allocate anything in a run. Vector code allocates while it is
 * interpreted, so steps are made until the compiler has come to all of it.
 */
class StepAllocationTest {
    private static final int THREADS = 2;
    private static final int STEPS = 50;
    private static final int SAMPLES = 3;
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(100);

    private static final ThreadMXBean ALLOCATIONS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static ConvNextConfig network(Version version) {
        return ConvNextConfig.of(version, List.of(1, 1, 1, 1), List.of(16, 20, 36, 40), 5);
    }

    @ParameterizedTest
    @EnumSource
    void inferenceAllocatesNothing(Version version) {
        ConvNextConfig config = network(version);
        try (Backend backend = new CpuBackend(THREADS);
                Variables variables = new Variables(backend)) {
            Graph graph = Passes.inference(ConvNext.inference(config, SAMPLES, 33, 37), backend);
            assertThat(graph.nodes()).anyMatch(node -> node.op() instanceof Mlp);
            upload(config, variables);
            try (Program program = Program.compile(graph, variables)) {
                program.set("x", images(graph.inputs().get("x").type()));
                requireNoAllocation(program);
            }
        }
    }

    private static Tensor images(TensorType type) {
        Tensor x = Tensor.zeros(type);
        for (long i = 0; i < x.size(); i++) {
            x.set(i, Math.sin(i));
        }
        return x;
    }

    private static void upload(ConvNextConfig config, Variables variables) {
        Checkpoint.fresh(config, Preprocessing.usual(33, 3), 1).upload(variables);
    }

    private static void requireNoAllocation(Program program) {
        long[] workers = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("cryonext-cpu-"))
                .mapToLong(Thread::threadId)
                .toArray();
        assertThat(workers).as("threads beside this one").hasSize(THREADS - 1);
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
        assertThat(allocated).as("bytes in %d steps", STEPS).isZero();
    }

    private static long sum(long[] threads) {
        long sum = 0;
        for (long bytes : ALLOCATIONS.getThreadAllocatedBytes(threads)) {
            sum += bytes;
        }
        return sum;
    }
}
