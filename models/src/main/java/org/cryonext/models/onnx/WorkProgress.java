package org.cryonext.models.onnx;

import java.util.Collection;
import java.util.function.Consumer;
import org.cryonext.engine.graph.Node;
import org.cryonext.engine.io.Progress;

/** Shows a run's progress by the floating-point operations of the nodes that are done, in millions. */
public final class WorkProgress implements Consumer<Node> {
    private static final long MEGA = 1_000_000;

    private final Progress progress;
    private long done;

    private WorkProgress(Progress progress) {
        this.progress = progress;
    }

    /**
     * Begins a task.
     *
     * @param nodes all that will be done
     */
    public static WorkProgress start(Progress progress, String task, Collection<Node> nodes) {
        long all = nodes.stream().mapToLong(node -> node.cost().flops()).sum();
        progress.start(task, all / MEGA, "MFLOP");
        return new WorkProgress(progress);
    }

    /** Counts a node that is done. */
    @Override
    public void accept(Node node) {
        long before = done / MEGA;
        done += node.cost().flops();
        progress.advance(done / MEGA - before);
    }
}
