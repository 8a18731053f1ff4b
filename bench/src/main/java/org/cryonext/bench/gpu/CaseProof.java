package org.cryonext.bench.gpu;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.reference.ReferenceBackend;
import org.cryonext.engine.cases.CaseRunner;
import org.cryonext.engine.cases.CaseTolerance;
import org.cryonext.engine.cases.OpCase;
import org.cryonext.engine.cases.OpCases;
import org.cryonext.engine.op.Fused;
import org.cryonext.engine.op.Primitive;
import org.cryonext.engine.tensor.DType;
import org.cryonext.engine.tensor.Tensor;

/** Judges cases by the reference backend, whose results other threads compute in advance. */
final class CaseProof implements AutoCloseable {
    private final List<OpCase> cases = OpCases.tests().toList();
    private final Map<GpuTask.Case, Future<List<Tensor>>> expected = new HashMap<>();
    private final ExecutorService threads = Executors.newFixedThreadPool(
            Math.max(1, Runtime.getRuntime().availableProcessors() - 1),
            Thread.ofPlatform().daemon().factory());

    /** @param tasks in the order in which they will be asked for */
    CaseProof(List<GpuTask.Case> tasks) {
        for (GpuTask.Case task : tasks) {
            expected.put(task, threads.submit(() -> reference(task)));
        }
    }

    private List<Tensor> reference(GpuTask.Case task) {
        // Inputs of a shorter type are rounded to it, so that only the computing is judged.
        DType dtype = task.dtype() == DType.F32 ? DType.F64 : task.dtype();
        try (ReferenceBackend reference = new ReferenceBackend()) {
            return CaseRunner.run(cases.get(task.index()), reference, dtype);
        }
    }

    Finding run(GpuTask.Case task, Backend backend) throws InterruptedException, ExecutionException {
        OpCase c = cases.get(task.index());
        Optional<Finding> refusal = refusal(c, task.dtype(), backend);
        if (refusal.isPresent()) {
            return refusal.orElseThrow();
        }
        List<Tensor> first = CaseRunner.run(c, backend, task.dtype());
        List<Tensor> second = CaseRunner.run(c, backend, task.dtype());
        List<Tensor> reference = expected.remove(task).get();
        double error = 0;
        boolean same = true;
        for (int i = 0; i < reference.size(); i++) {
            double e = CaseRunner.normalisedSquareError(first.get(i), reference.get(i));
            error = Double.isNaN(e) ? e : Double.isNaN(error) ? error : Math.max(error, e);
            same &= Arrays.equals(first.get(i).toFloats(), second.get(i).toFloats());
        }
        double tolerance = CaseTolerance.of(task.dtype());
        return new Finding.Case(
                task.dtype().toString(),
                task.index(),
                c.op().getClass().getSimpleName(),
                c.toString(),
                error,
                tolerance,
                same,
                error <= tolerance && same);
    }

    /** The finding on an operator that the backend refuses: primitives and fused operators need no kernel. */
    static Optional<Finding> refusal(OpCase c, DType dtype, Backend backend) {
        return backend.refuses(c.graph(dtype).output("y0").node())
                .map(reason -> new Finding.Refused(
                        c.op().getClass().getSimpleName(),
                        dtype + " " + c,
                        reason,
                        c.op() instanceof Primitive || c.op() instanceof Fused));
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
