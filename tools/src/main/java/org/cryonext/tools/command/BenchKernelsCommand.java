package org.cryonext.tools.command;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.cryonext.bench.BenchJson;
import org.cryonext.bench.KernelBenchmarks;
import org.cryonext.bench.KernelSettings;
import org.cryonext.bench.KernelTiming;
import org.cryonext.engine.backend.cpu.CpuCeilings;
import org.cryonext.engine.io.Progress;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Every operator by JMH. */
@Command(
        name = "kernels",
        description = "Times every operator at ConvNeXt-tiny's shapes, forward and backward, each in a JVM of its own"
                + " (JMH), beside what this machine's multiply-adds and memory reach at most.",
        footerHeading = "%nExample:%n",
        footer = "  ./cryonext bench kernels --quick --filter Depthwise")
final class BenchKernelsCommand extends Job {
    @Option(names = "--quick", description = "About two seconds a case instead of eight.")
    private boolean quick;

    @Option(
            names = "--filter",
            paramLabel = "TEXT",
            defaultValue = "",
            description = "Only cases whose name contains this, for instance LayerNorm.")
    private String filter;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the rows there as JSON too.")
    private Path json;

    @Mixin
    private ThreadsOption threads;

    @Override
    int run(Progress progress) {
        List<Integer> cases = usage(() -> KernelBenchmarks.choose(filter));
        CpuCeilings before = CpuCeilings.measure(threads.threads());
        List<KernelTiming> rows =
                KernelBenchmarks.run(new KernelSettings(quick, threads.threads(), cases), before, progress);
        CpuCeilings after = CpuCeilings.measure(threads.threads());
        print(before, after, rows);
        if (json != null) {
            BenchJson.write(json, List.of(before, after), rows);
        }
        return 0;
    }

    private void print(CpuCeilings before, CpuCeilings after, List<KernelTiming> rows) {
        PrintWriter out = out();
        String ceilings = "%s: %.1f GFLOP/s in registers, %.1f GB/s from memory%n";
        out.printf(Locale.ROOT, ceilings, "Ceilings before", before.gigaflops(), before.gigabytes());
        out.printf(Locale.ROOT, ceilings, "and after      ", after.gigaflops(), after.gigabytes());
        out.printf("%n%12s %9s %5s %9s %5s  %s%n", "us", "GFLOP/s", "", "GB/s", "", "inputs");
        String operator = "";
        for (KernelTiming row : rows) {
            if (!row.operator().equals(operator)) {
                operator = row.operator();
                out.println(operator);
            }
            out.printf(
                    Locale.ROOT,
                    "%12.1f %9.1f %3.0f %% %9.1f %3.0f %%  %s%n",
                    row.microseconds(),
                    row.gigaflops(),
                    100 * row.peakShare(),
                    row.gigabytes(),
                    100 * row.memoryShare(),
                    row.inputs());
        }
    }
}
