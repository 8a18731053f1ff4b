package org.cryonext.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.cryonext.engine.cases.OpCase;
import org.cryonext.engine.cases.OpCases;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.graph.Value;
import org.cryonext.engine.op.Cost;
import org.cryonext.engine.tensor.DType;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Times every line of the op case list at ConvNeXt's shapes with JMH. */
public final class KernelBenchmarks {
    private KernelBenchmarks() {}

    /**
     * Runs the benchmarks, each in a JVM of its own.
     *
     * @param settings what to run and for how long
     * @return a row a case, in the list's order
     * @throws IllegalStateException if a benchmark fails; JMH has printed why
     */
    public static List<KernelTiming> run(KernelSettings settings) {
        List<OpCase> cases = OpCases.timings().toList();
        String[] chosen = IntStream.range(0, cases.size())
                .filter(i -> cases.get(i).toString().contains(settings.filter()))
                .mapToObj(String::valueOf)
                .toArray(String[]::new);
        if (chosen.length == 0) {
            throw new IllegalArgumentException("no timing case contains \"" + settings.filter() + "\"");
        }
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include(KernelBenchmark.class.getName())
                .param("timing", chosen)
                .param("threads", String.valueOf(settings.threads()))
                .forks(1)
                .jvmArgs("--add-modules", "jdk.incubator.vector", "-Xmx2g")
                .warmupIterations(settings.quick() ? 1 : 3)
                .warmupTime(TimeValue.milliseconds(settings.quick() ? 500 : 1000))
                .measurementIterations(settings.quick() ? 2 : 5)
                .measurementTime(TimeValue.milliseconds(settings.quick() ? 250 : 1000))
                .shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT);
        List<KernelTiming> rows = new ArrayList<>();
        try {
            for (RunResult result : new Runner(options.build()).run()) {
                int index = Integer.parseInt(result.getParams().getParam("timing"));
                rows.add(row(cases.get(index), settings.threads(), result.getPrimaryResult()));
            }
        } catch (RunnerException e) {
            throw new IllegalStateException("a benchmark failed: " + e.getMessage(), e);
        }
        return rows;
    }

    private static KernelTiming row(OpCase c, int threads, Result<?> result) {
        Graph graph = c.graph(DType.F32);
        Value y = graph.output("y0");
        Cost cost = y.node().cost();
        double seconds = result.getScore() / 1e6;
        return new KernelTiming(
                c.op().getClass().getSimpleName(),
                c.toString(),
                threads,
                result.getScore(),
                result.getScoreError(),
                cost.flops() / seconds / 1e9,
                cost.bytes() / seconds / 1e9);
    }
}
