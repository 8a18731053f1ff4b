package org.cryonext.bench;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.cryonext.engine.JvmOptions;
import org.cryonext.engine.backend.cpu.CpuBackend;
import org.cryonext.engine.backend.cpu.CpuCeilings;
import org.cryonext.engine.cases.OpCase;
import org.cryonext.engine.cases.OpCases;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.Progress;
import org.cryonext.engine.op.Cost;
import org.cryonext.engine.tensor.DType;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormat;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Times every line of the op case list at ConvNeXt's shapes with JMH. */
public final class KernelBenchmarks {
    private KernelBenchmarks() {}

    /**
     * Positions in {@link OpCases#timings} of the cases that are wanted; what the processor computes in parts is not among them.
     *
     * @param filter text of a case; empty for all
     * @throws InputException if no case contains it
     */
    public static List<Integer> choose(String filter) {
        List<OpCase> cases = OpCases.timings().toList();
        List<Integer> possible;
        try (CpuBackend cpu = new CpuBackend(1)) {
            possible = IntStream.range(0, cases.size())
                    .filter(i -> cpu.refuses(
                                    cases.get(i).graph(DType.F32).output("y0").node())
                            .isEmpty())
                    .boxed()
                    .toList();
        }
        List<Integer> chosen = possible.stream()
                .filter(i -> cases.get(i).toString().contains(filter))
                .toList();
        if (chosen.isEmpty()) {
            List<String> operators = possible.stream()
                    .map(cases::get)
                    .map(KernelBenchmarks::name)
                    .distinct()
                    .sorted()
                    .toList();
            throw new InputException(
                    "No timing case contains \"" + filter + "\"; the operators are " + String.join(", ", operators));
        }
        return chosen;
    }

    private static String name(OpCase c) {
        return c.op().getClass().getSimpleName();
    }

    /**
     * Runs the benchmarks, each in a JVM of its own with as much heap as this one.
     *
     * @param settings what to run and for how long
     * @param ceilings what the rows are compared with
     * @return a row a case, in the list's order
     * @throws IllegalStateException if a benchmark fails; JMH has printed why to standard error
     */
    public static List<KernelTiming> run(KernelSettings settings, CpuCeilings ceilings, Progress progress) {
        List<OpCase> cases = OpCases.timings().toList();
        List<KernelTiming> rows = new ArrayList<>();
        progress.start("Timing", settings.cases().size(), "cases");
        for (int index : settings.cases()) {
            // What a fork says is no result: those alone go to standard output.
            try (PrintStream forks = new PrintStream(new ForkOutput(System.err))) {
                OutputFormat format = OutputFormatFactory.createFormatInstance(forks, VerboseMode.SILENT);
                RunResult result = new Runner(options(settings, index), format).runSingle();
                rows.add(row(cases.get(index), settings.threads(), ceilings, result.getPrimaryResult()));
            } catch (RunnerException e) {
                throw new IllegalStateException(
                        "the benchmark of " + cases.get(index) + " failed: " + e.getMessage(), e);
            }
            progress.advance(1);
        }
        progress.finish();
        return rows;
    }

    private static Options options(KernelSettings settings, int index) {
        return new OptionsBuilder()
                .include(KernelBenchmark.class.getName())
                .param("timing", String.valueOf(index))
                .param("threads", String.valueOf(settings.threads()))
                .forks(1)
                // As the program is started: the collector decides how loops are compiled.
                .jvmArgs(Stream.concat(
                                JvmOptions.of(System.getProperty("java.class.path")).stream(),
                                Stream.of("-Xmx" + (Runtime.getRuntime().maxMemory() >> 20) + "m"))
                        .toArray(String[]::new))
                .warmupIterations(settings.quick() ? 1 : 3)
                .warmupTime(TimeValue.milliseconds(settings.quick() ? 1500 : 1000))
                // Two would give no confidence interval.
                .measurementIterations(settings.quick() ? 3 : 5)
                .measurementTime(TimeValue.milliseconds(settings.quick() ? 200 : 1000))
                .shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT)
                .build();
    }

    private static KernelTiming row(OpCase c, int threads, CpuCeilings ceilings, Result<?> result) {
        Cost cost = c.graph(DType.F32).output("y0").node().cost();
        double nanos = result.getScore() * 1e3;
        double gigaflops = cost.flops() / nanos;
        double gigabytes = cost.bytes() / nanos;
        return new KernelTiming(
                c.op().toString().replace("[]", ""),
                inputs(c),
                threads,
                result.getScore(),
                result.getScoreError(),
                gigaflops,
                gigabytes,
                gigaflops / ceilings.gigaflops(),
                gigabytes / ceilings.gigabytes());
    }

    /** For instance {@code x 8x56x56x96, weight 384x96, bias 384}. */
    private static String inputs(OpCase c) {
        StringJoiner text = new StringJoiner(", ");
        for (int i = 0; i < c.inputs().size(); i++) {
            if (c.inputs().get(i) != null) {
                StringJoiner dims = new StringJoiner("x");
                LongStream.of(c.inputs().get(i).type().shape().toArray()).forEach(d -> dims.add(String.valueOf(d)));
                text.add(c.inputName(i) + " " + dims);
            }
        }
        return text.toString();
    }
}
