package org.cryonext.bench;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.cpu.CpuBackend;
import org.cryonext.engine.cases.OpCase;
import org.cryonext.engine.cases.OpCases;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.runtime.Program;
import org.cryonext.engine.runtime.Variables;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Tensor;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** One timing case of the op case list on the CPU backend, alone in its JVM. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class KernelBenchmark {
    /** Position in {@link OpCases#timings}. */
    @Param("0")
    public int timing;

    /** Worker threads of the backend. */
    @Param("1")
    public int threads;

    private Backend backend;
    private Variables variables;
    private Program program;

    /** Fills the case's inputs. */
    @Setup
    public void open() {
        OpCase c = OpCases.timings().toList().get(timing);
        backend = new CpuBackend(threads);
        variables = new Variables(backend);
        Graph graph = c.graph(DType.F32);
        program = Program.compile(graph, variables);
        List<Tensor> values = c.values();
        for (int i = 0; i < values.size(); i++) {
            if (values.get(i) != null) {
                String name = c.inputName(i);
                if (graph.variables().containsKey(name)) {
                    variables.set(name, values.get(i));
                } else {
                    program.set(name, values.get(i));
                }
            }
        }
    }

    /** Runs the operator once. */
    @Benchmark
    public void run() {
        program.run();
    }

    /** Stops the workers. */
    @TearDown
    public void close() {
        program.close();
        variables.close();
        backend.close();
    }
}
