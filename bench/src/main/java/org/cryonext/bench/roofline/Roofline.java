package org.cryonext.bench.roofline;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.cryonext.bench.model.ModelProgram;
import org.cryonext.bench.model.ModelSettings;
import org.cryonext.bench.model.RandomModel;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.cpu.CpuBackend;
import org.cryonext.engine.backend.cpu.CpuCeilings;
import org.cryonext.engine.graph.Node;
import org.cryonext.engine.io.Progress;
import org.cryonext.engine.op.Cost;

/**
 * What each node of a model's program takes on the cpu, beside what it would take at the machine's ceilings.
 *
 * @param ceilings the machine's
 * @param rows a row a node, the one that loses most first
 */
public record Roofline(CpuCeilings ceilings, List<RooflineRow> rows) {
    /**
     * Measures a model.
     *
     * @param runs how many runs are averaged, after as many to warm up
     */
    public static Roofline measure(ModelSettings settings, int runs, Progress progress) {
        CpuCeilings ceilings = CpuCeilings.measure(settings.threads());
        progress.start("Running " + settings.name(), 2L * runs, "runs");
        try (Backend backend = new CpuBackend(settings.threads());
                ModelProgram model = new ModelProgram(
                        settings,
                        RandomModel.checkpoint(settings.config(), settings.imageSize()),
                        RandomModel.images(settings.batch(), settings.config().channels(), settings.imageSize()),
                        RandomModel.labels(settings.batch(), settings.config().classes()),
                        backend)) {
            List<Node> nodes = model.program().order();
            for (int i = 0; i < runs; i++) {
                model.step();
                progress.advance(1);
            }
            long[] nanos = new long[nodes.size()];
            for (int i = 0; i < runs; i++) {
                model.step(nanos);
                progress.advance(1);
            }
            progress.finish();
            List<RooflineRow> rows = new ArrayList<>();
            for (int i = 0; i < nanos.length; i++) {
                rows.add(row(nodes.get(i), nanos[i] / 1e6 / runs, ceilings));
            }
            rows.sort(Comparator.comparingDouble(RooflineRow::lost).reversed());
            return new Roofline(ceilings, List.copyOf(rows));
        }
    }

    private static RooflineRow row(Node node, double measured, CpuCeilings ceilings) {
        Cost cost = node.cost();
        double ceiling = 1e3 * ceilings.seconds(cost);
        String operator = node.op().toString().replace("[]", "");
        return new RooflineRow(
                node.scope().isEmpty() ? operator : node.scope() + " " + operator,
                node.outputs().getFirst().shape().toString(),
                cost.flops() / 1e9,
                cost.bytes() / 1e6,
                ceilings.isBoundByMemory(cost) ? "memory" : "compute",
                ceiling,
                measured,
                measured - ceiling);
    }

    /** Milliseconds of a run. */
    public double measured() {
        return rows.stream().mapToDouble(RooflineRow::measured).sum();
    }

    /** Milliseconds of a run in which every node reaches its ceiling. */
    public double ceiling() {
        return rows.stream().mapToDouble(RooflineRow::ceiling).sum();
    }
}
