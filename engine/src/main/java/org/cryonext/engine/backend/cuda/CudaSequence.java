package org.cryonext.engine.backend.cuda;

import java.util.List;
import org.cryonext.engine.backend.Kernel;
import org.cryonext.engine.backend.Sequence;
import org.cryonext.engine.backend.Slab;
import org.cryonext.engine.backend.cuda.driver.CudaGraph;
import org.cryonext.engine.backend.cuda.driver.CudaStream;

/**
 * The launches of all steps, recorded when they run for the first time and from then on handed over as one: hundreds of
 * small launches would take longer to hand over than to run.
 */
final class CudaSequence implements Sequence {
    private final CudaStream stream;
    private final List<Kernel.Step> steps;
    private final List<Slab> tables;
    private CudaGraph graph;

    CudaSequence(CudaStream stream, TableStep.Joined joined) {
        this.stream = stream;
        this.steps = List.copyOf(joined.steps());
        this.tables = joined.tables();
    }

    @Override
    public void run() {
        if (steps.isEmpty()) {
            return;
        }
        if (graph == null) {
            graph = stream.capture(() -> steps.forEach(Kernel.Step::run));
        }
        graph.launch(stream);
    }

    @Override
    public void close() {
        if (graph != null) {
            graph.close();
        }
        tables.forEach(Slab::close);
    }
}
