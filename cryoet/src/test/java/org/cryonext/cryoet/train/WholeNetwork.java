package org.cryonext.cryoet.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.cryonext.cryoet.network.ImageLoader;
import org.cryonext.cryoet.run.Hyperparameters;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.optim.Optimizer;
import org.cryonext.engine.runtime.Program;
import org.cryonext.engine.runtime.Variables;
import org.cryonext.engine.tensor.Tensor;

/** Trains the first epoch by the whole graph, whatever is frozen. */
final class WholeNetwork {
    private WholeNetwork() {}

    static List<Double> losses(PreparedRun run, Backend backend) {
        Hyperparameters numbers = run.settings().hyperparameters();
        Phase phase = Phase.of(numbers).getFirst();
        Optimizer optimizer = phase.optimizer(run.initial().config(), numbers, backend.precision());
        PhaseGraphs graphs = new PhaseGraphs(run, phase, optimizer, Quiet.context(backend));
        List<int[]> batches = run.batches().apply(0);
        List<Double> losses = new ArrayList<>();
        TrainContext context = Quiet.context(backend);
        try (Variables variables = new Variables(backend);
                SliceStore slices = SliceStore.open(
                        run.folder().cache().resolve("slices.u8"),
                        run.dataset(),
                        run.samples().samples(),
                        run.settings().input(),
                        context);
                ImageLoader loader = new ImageLoader(run.settings().input(), numbers.batch())) {
            run.initial().upload(variables);
            try (Program program = Program.compile(graphs.training(numbers.batch(), false), variables)) {
                double[] weights = numbers.classWeights().stream()
                        .mapToDouble(Double::doubleValue)
                        .toArray();
                program.set(TrainingGraphs.CLASS_WEIGHTS, Tensor.of(weights, weights.length));
                for (int i = 0; i < batches.size(); i++) {
                    loader.request(slices, batches.get(i));
                    program.set(TrainingGraphs.IMAGES, loader.take().images());
                    int[] labels = new int[numbers.batch()];
                    for (int s = 0; s < labels.length; s++) {
                        labels[s] =
                                run.samples().samples().get(batches.get(i)[s]).label();
                    }
                    program.set(TrainingGraphs.LABELS, Tensor.of(labels, labels.length));
                    optimizer.next(program, Map.of("head", numbers.headRate()));
                    program.run();
                    losses.add(program.get(TrainingGraphs.LOSS).get(0));
                }
            }
        }
        return losses;
    }
}
