package org.cryonext.engine.backend.cuda;

import java.util.List;
import org.cryonext.engine.backend.Kernel;
import org.cryonext.engine.backend.Sequence;
import org.cryonext.engine.backend.cuda.driver.CudaGraph;
import org.cryonext.engine.backend.cuda.driver.CudaStream;

/**
 * The launches of all steps, recorded when they run for the first time and from then on handed over as one: hundreds of
 * small launches would take longer to hand over than to run.
 */
final class CudaSequence implements Sequence {
    private final CudaStream stream;
    private final List<Kernel.Step> steps;
    private CudaGraph graph;

    CudaSequence(CudaStream stream, List<Kernel.Step> steps) {
        this.stream = stream;
        this.steps = List.copyOf(steps);
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
    }
}
