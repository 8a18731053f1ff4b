package org.cryonext.cryoet.train;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.cryonext.cryoet.run.Hyperparameters;
import org.cryonext.engine.grad.FrozenPrefix;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.optim.Optimizer;
import org.cryonext.engine.pass.DeadNodes;
import org.cryonext.engine.pass.FuseLinear;
import org.cryonext.models.convnext.ConvNextConfig;

/** The graphs of a phase, whole or without the part that is frozen, ready to be planned. */
final class PhaseGraphs {
    private static final Set<String> IMAGES = Set.of(TrainingGraphs.IMAGES);

    private final TrainingGraphs graphs;
    private final Hyperparameters numbers;
    private final Optimizer optimizer;
    private final Set<String> trained;

    PhaseGraphs(PreparedRun run, Phase phase, Optimizer optimizer) {
        ConvNextConfig config = run.initial().config();
        this.numbers = run.settings().hyperparameters();
        this.graphs = new TrainingGraphs(config, run.settings().input(), numbers);
        this.optimizer = optimizer;
        this.trained = Set.copyOf(phase.trained(config));
    }

    /** The split of the training step; empty where images change from epoch to epoch or all is trained. */
    Optional<FrozenPrefix> trainingSplit(int particles) {
        return numbers.augment()
                ? Optional.empty()
                : fused(FrozenPrefix.split(graphs.training(particles, optimizer), IMAGES, Set.of()));
    }

    /** The split of the validation, whose images never change. */
    Optional<FrozenPrefix> evaluationSplit(int particles) {
        Set<String> changing = new HashSet<>(trained);
        trained.forEach(name -> changing.add(Optimizer.average(name)));
        return fused(FrozenPrefix.split(graphs.evaluation(particles, averaged()), IMAGES, changing));
    }

    private static Optional<FrozenPrefix> fused(Optional<FrozenPrefix> split) {
        return split.map(whole -> new FrozenPrefix(
                FuseLinear.apply(whole.prefix()), FuseLinear.apply(whole.rest()), List.copyOf(whole.cut())));
    }

    /** The training step, given the frozen results or whole. */
    Graph training(int particles, boolean cached) {
        return cached ? trainingSplit(particles).orElseThrow().rest() : whole(graphs.training(particles, optimizer));
    }

    /** The validation, given the frozen results or whole. */
    Graph evaluation(int particles, boolean cached) {
        return cached
                ? evaluationSplit(particles).orElseThrow().rest()
                : whole(graphs.evaluation(particles, averaged()));
    }

    private static Graph whole(Graph graph) {
        return FuseLinear.apply(DeadNodes.remove(graph));
    }

    private Set<String> averaged() {
        return numbers.ema() > 0 ? trained : Set.of();
    }
}
