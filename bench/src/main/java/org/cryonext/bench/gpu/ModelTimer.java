package org.cryonext.bench.gpu;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.cryonext.bench.model.ModelProgram;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.graph.Node;

/** Times whole models, and where in them the time goes. */
final class ModelTimer {
    private static final double SECONDS = 0.6;

    /** Below it a node is shorter than the wait behind it. */
    private static final int LEAST_BATCH_BY_NODE = 32;

    private static final int RUNS_BY_NODE = 3;

    private final TinyModels models;

    ModelTimer(TinyModels models) {
        this.models = models;
    }

    Finding run(GpuTask.Model task, Backend backend) {
        TinyModels.Choice choice = new TinyModels.Choice(task.version(), task.mode(), task.precision(), task.batch());
        try (ModelProgram program = models.program(choice, backend)) {
            Stopwatch watch = Stopwatch.time(program::step, backend, SECONDS);
            List<Finding.NodeTime> nodes = task.batch() < LEAST_BATCH_BY_NODE ? List.of() : nodes(program);
            return new Finding.Model(
                    task.version().name().toLowerCase(Locale.ROOT),
                    task.mode().toString(),
                    task.precision().toString(),
                    task.batch(),
                    watch.median() / 1e6,
                    watch.slowest() / 1e6,
                    1e9 * task.batch() / watch.median(),
                    watch.runs(),
                    program.program().plan().bytes() / 1e9,
                    nodes);
        }
    }

    private static List<Finding.NodeTime> nodes(ModelProgram program) {
        List<Node> order = program.program().order();
        long[] nanos = new long[order.size()];
        program.step(nanos.clone());
        for (int i = 0; i < RUNS_BY_NODE; i++) {
            program.step(nanos);
        }
        Map<List<String>, Finding.NodeTime> joined = new LinkedHashMap<>();
        for (int i = 0; i < nanos.length; i++) {
            Node node = order.get(i);
            String output = node.outputs().getFirst().toString();
            joined.merge(
                    List.of(KernelTimer.operator(node), output),
                    new Finding.NodeTime(
                            KernelTimer.operator(node),
                            output,
                            1,
                            nanos[i] / 1e3 / RUNS_BY_NODE,
                            KernelTimer.work(node)),
                    (a, b) -> new Finding.NodeTime(
                            a.operator(),
                            a.output(),
                            a.count() + b.count(),
                            a.microseconds() + b.microseconds(),
                            a.work().plus(b.work())));
        }
        List<Finding.NodeTime> sorted = new ArrayList<>(joined.values());
        sorted.sort(Comparator.comparingDouble(Finding.NodeTime::microseconds).reversed());
        return sorted;
    }
}
