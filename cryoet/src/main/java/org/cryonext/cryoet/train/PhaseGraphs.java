package org.cryonext.cryoet.train;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.cryonext.cryoet.run.Hyperparameters;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.grad.FrozenPrefix;
import org.cryonext.engine.graph.Graph;
import org.cryonext.engine.optim.Optimizer;
import org.cryonext.engine.pass.DeadNodes;
import org.cryonext.models.convnext.ConvNextConfig;
import org.cryonext.models.convnext.Passes;

/** The graphs of a phase, whole or without the part that is frozen, ready to be planned. */
final class PhaseGraphs {
    private static final Set<String> IMAGES = Set.of(TrainingGraphs.IMAGES);

    private final TrainingGraphs graphs;
    private final Hyperparameters numbers;
    private final Optimizer optimizer;
    private final Set<String> trained;
    private final boolean recompute;
    private final Backend backend;

    /** @param context says what to compute in and what to keep */
    PhaseGraphs(PreparedRun run, Phase phase, Optimizer optimizer, TrainContext context) {
        this.recompute = context.recompute();
        this.backend = context.backend();
        ConvNextConfig config = run.initial().config();
        this.numbers = run.settings().hyperparameters();
        this.graphs = new TrainingGraphs(config, run.settings().input(), numbers);
        this.optimizer = optimizer;
        this.trained = Set.copyOf(phase.trained(config));
    }

    /** The split of the training step; empty where images change from epoch to epoch or all is trained. */
    Optional<FrozenPrefix> trainingSplit(int particles) {
        return numbers.varies()
                ? Optional.empty()
                : FrozenPrefix.split(graphs.training(particles, optimizer), IMAGES, Set.of())
                        .map(whole -> with(whole, step(whole.rest())));
    }

    /** The split of the validation, whose images never change. */
    Optional<FrozenPrefix> evaluationSplit(int particles) {
        Set<String> changing = new HashSet<>(trained);
        trained.forEach(name -> changing.add(Optimizer.average(name)));
        return FrozenPrefix.split(graphs.evaluation(particles, averaged()), IMAGES, changing)
                .map(whole -> with(whole, forward(whole.rest())));
    }

    private FrozenPrefix with(FrozenPrefix split, Graph rest) {
        return new FrozenPrefix(forward(split.prefix()), rest, split.cut());
    }

    private Graph forward(Graph graph) {
        return Passes.forward(graph, backend);
    }

    private Graph step(Graph graph) {
        return Passes.step(graph, TrainingGraphs.LOSS, backend, recompute);
    }

    /** The training step, given the frozen results or whole. */
    Graph training(int particles, boolean cached) {
        return cached
                ? trainingSplit(particles).orElseThrow().rest()
                : step(DeadNodes.remove(graphs.training(particles, optimizer)));
    }

    /** The validation, given the frozen results or whole. */
    Graph evaluation(int particles, boolean cached) {
        return cached
                ? evaluationSplit(particles).orElseThrow().rest()
                : forward(DeadNodes.remove(graphs.evaluation(particles, averaged())));
    }

    private Set<String> averaged() {
        return numbers.ema() > 0 ? trained : Set.of();
    }
}
