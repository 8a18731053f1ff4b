package org.cryonext.bench.recipe;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.cryonext.bench.pair.EngineCommand;
import org.cryonext.cryoet.run.Recipe;
import org.cryonext.cryoet.train.TrainContext;
import org.cryonext.cryoet.train.TrainOptions;
import org.cryonext.cryoet.train.Trainer;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.cpu.CpuBackend;
import org.cryonext.engine.io.Progress;

/** This engine's training in a process of its own; {@code cryonext train} does the same. */
final class OwnTraining {
    private OwnTraining() {}

    static List<String> command(RecipeFolder folder, RecipeSettings settings, Path run) {
        return Stream.concat(
                        EngineCommand.of(OwnTraining.class).stream(),
                        List.of(
                                folder.data().toString(),
                                folder.init().toString(),
                                folder.order().toString(),
                                run.toString(),
                                String.valueOf(settings.imageSize()),
                                String.valueOf(settings.epochs()),
                                String.valueOf(settings.unfreeze()),
                                String.valueOf(settings.batch()),
                                String.valueOf(settings.threads()))
                                .stream())
                .toList();
    }

    /** @param args as {@link #command} lists them */
    static void main(String[] args) {
        TrainOptions options = new TrainOptions(Path.of(args[0]), Path.of(args[3]));
        options.recipe = Recipe.PAPER;
        options.init = Path.of(args[1]);
        options.order = Path.of(args[2]);
        options.imageSize = Integer.valueOf(args[4]);
        options.epochs = Integer.valueOf(args[5]);
        options.unfreeze = Map.of(3, Integer.valueOf(args[6]));
        options.batch = Integer.valueOf(args[7]);
        options.patience = 0;
        try (Backend backend = new CpuBackend(Integer.parseInt(args[8]))) {
            Trainer.run(options, new TrainContext(backend, Progress.none(), System.out::println, () -> false));
        }
    }
}
