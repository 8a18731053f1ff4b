package org.cryonext.cryoet.train;

import java.util.Optional;
import java.util.function.IntFunction;
import org.cryonext.engine.grad.FrozenPrefix;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.tensor.TensorType;

/**
 * What is frozen in the graphs that one set of samples runs through.
 *
 * @param name of the set: {@link #TRAIN} or {@link #VALIDATION}
 * @param splits the split of the graph for a number of particles
 * @param split that for a batch
 * @param batch its particles
 * @param samples the set, indices into the run's samples
 * @param format how the results are kept
 */
record FrozenPart(
        String name,
        IntFunction<Optional<FrozenPrefix>> splits,
        FrozenPrefix split,
        int batch,
        int[] samples,
        FrozenFormat format) {
    static final String TRAIN = "train";
    static final String VALIDATION = "validation";

    /** Share of a step's work that must be frozen for its results to be kept. */
    private static final double WORTH_KEEPING = 0.1;

    /** Empty where there are no samples, nothing is frozen, or too little to be worth keeping. */
    static Optional<FrozenPart> of(
            String name, IntFunction<Optional<FrozenPrefix>> splits, int batch, int[] samples, FrozenFormat format) {
        return samples.length == 0
                ? Optional.empty()
                : splits.apply(batch)
                        .filter(FrozenPart::isWorthKeeping)
                        .map(split -> new FrozenPart(name, splits, split, batch, samples, format));
    }

    /** Results of little work, as those of a stem, take longer to read than to compute. */
    private static boolean isWorthKeeping(FrozenPrefix split) {
        double frozen = flops(split.prefix());
        return frozen >= WORTH_KEEPING * (frozen + flops(split.rest()));
    }

    private static double flops(Graph graph) {
        return graph.nodes().stream()
                .mapToDouble(node -> node.op().flops(node.types()))
                .sum();
    }

    /** The frozen graph for a number of particles. */
    Graph prefix(int particles) {
        return splits.apply(particles).orElseThrow().prefix();
    }

    /** Of the results for one particle, as they are kept. */
    TensorType particle() {
        return format.type(split.prefix().outputs().values().stream()
                        .mapToLong(value -> value.shape().size())
                        .sum()
                / batch);
    }

    /** Bytes of the results for all samples. */
    long bytes() {
        return particle().bytes() * samples.length;
    }
}
