package org.cryonext.tools.command;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.cryonext.bench.BenchJson;
import org.cryonext.bench.model.ModelSettings;
import org.cryonext.bench.pair.ModelBenchmark;
import org.cryonext.bench.pair.ModelRow;
import org.cryonext.bench.pair.PairResult;
import org.cryonext.bench.pair.PairSettings;
import org.cryonext.bench.pair.Peers;
import org.cryonext.bench.pair.Speed;
import org.cryonext.engine.backend.cpu.CpuCeilings;
import org.cryonext.engine.io.Progress;

/** Measures models and prints a block of lines for each. */
final class BenchRows {
    private BenchRows() {}

    static void run(
            List<ModelSettings> models,
            PairSettings settings,
            Peers peers,
            BenchModelOptions.Rows options,
            Progress progress,
            PrintWriter out) {
        int threads = models.getFirst().threads();
        CpuCeilings before = CpuCeilings.measure(threads);
        List<ModelRow> rows = new ArrayList<>();
        for (ModelSettings model : models) {
            ModelRow row = ModelBenchmark.run(model, settings, peers, progress);
            print(row, out);
            rows.add(row);
        }
        if (options.json() != null) {
            BenchJson.write(options.json(), List.of(before, CpuCeilings.measure(threads)), rows);
        }
    }

    private static void print(ModelRow row, PrintWriter out) {
        out.printf(
                "%s %s, batch %d, %d %s%n",
                row.model(), row.mode(), row.batch(), row.threads(), row.threads() == 1 ? "thread" : "threads");
        for (PairResult pair : row.pairs()) {
            print(pair.ours(), "", out);
            if (pair.theirs() != null) {
                double ratio = pair.ours().median() / pair.theirs().median();
                print(pair.theirs(), String.format(Locale.ROOT, "ratio %.2f", ratio), out);
            }
            if (pair.unsteady() > 0) {
                out.printf("  the machine changed its speed in %d rounds that count: measure again%n", pair.unsteady());
            }
        }
        out.flush();
    }

    private static void print(Speed speed, String ratio, PrintWriter out) {
        String memory = speed.peakMegabytes() == 0 ? "" : String.format(Locale.ROOT, "%.0f MB", speed.peakMegabytes());
        out.printf(
                Locale.ROOT,
                "  %8.2f images/s (%.2f to %.2f) %9s, first after %.1f s  %-10s  %s%n",
                speed.median(),
                speed.slowest(),
                speed.fastest(),
                memory,
                speed.firstSeconds(),
                ratio,
                speed.program());
    }
}
