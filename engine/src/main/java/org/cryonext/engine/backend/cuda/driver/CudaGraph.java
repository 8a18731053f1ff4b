package org.cryonext.engine.backend.cuda.driver;

import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.JCudaDriver;
import org.cryonext.engine.backend.DeviceLostException;

/** Work that was recorded from a stream and is launched as one. The memory that it touches has to stay where it is. */
public final class CudaGraph extends Handle {
    private final CUgraphExec executable = new CUgraphExec();
    private final long nodes;

    /** @param recorded taken over, also if this fails */
    CudaGraph(CudaContext context, CUgraph recorded) {
        super(context);
        try {
            long[] count = new long[1];
            Results.check(JCudaDriver.cuGraphGetNodes(recorded, null, count), "cuGraphGetNodes", "a recorded graph");
            nodes = count[0];
            Results.check(
                    JCudaDriver.cuGraphInstantiate(executable, recorded, 0),
                    "cuGraphInstantiate",
                    "a graph of " + nodes + " nodes");
        } finally {
            JCudaDriver.cuGraphDestroy(recorded);
        }
        opened();
    }

    /** Number of launches and copies in it. */
    public long nodes() {
        return nodes;
    }

    /**
     * Runs all of it after what the stream has to do already.
     *
     * @throws DeviceLostException if something that ran before has failed
     */
    public void launch(CudaStream stream) {
        requireOpen();
        context().enter();
        Results.check(
                JCudaDriver.cuGraphLaunch(executable, stream.handle()),
                "cuGraphLaunch",
                "launching a graph of " + nodes + " nodes" + stream.before());
    }

    @Override
    void release() {
        Results.checkRelease(JCudaDriver.cuGraphExecDestroy(executable), "cuGraphExecDestroy", "a graph");
    }
}
