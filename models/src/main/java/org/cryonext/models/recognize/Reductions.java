package org.cryonext.models.recognize;

import java.util.List;
import org.cryonext.engine.graph.Node;
import org.cryonext.engine.op.Reduce;
import org.cryonext.engine.op.ReduceFunction;

/** What reductions of the channels-last graph run over. */
final class Reductions {
    private static final List<Integer> CHANNELS = List.of(Axis.CHANNEL.ordinal());
    private static final List<Integer> POSITIONS = List.of(Axis.HEIGHT.ordinal(), Axis.WIDTH.ordinal());

    private Reductions() {}

    /** Whether a node gives the mean over the channels of each position. */
    static boolean isMeanOfChannels(Node node) {
        return isMean(node) && ((Reduce) node.op()).axes().equals(CHANNELS);
    }

    /** Whether a node joins all positions of an image. */
    static boolean joinsPositions(Node node) {
        return node.op() instanceof Reduce reduce && reduce.axes().equals(POSITIONS);
    }

    /** Whether a node gives the mean over all positions of an image. */
    static boolean isMeanOfPositions(Node node) {
        return isMean(node) && joinsPositions(node);
    }

    private static boolean isMean(Node node) {
        return node.op() instanceof Reduce reduce && reduce.function() == ReduceFunction.MEAN;
    }
}
