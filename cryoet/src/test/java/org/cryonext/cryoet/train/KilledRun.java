package org.cryonext.cryoet.train;

import java.nio.file.Path;
import java.util.List;
import org.cryonext.cryoet.run.Recipe;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.backend.cpu.CpuBackend;

/** A training in a process of its own, to be killed: arguments data, out and threads. */
final class KilledRun {
    private KilledRun() {}

    static TrainOptions options(Path data, Path out) {
        TrainOptions options = new TrainOptions(data, out);
        options.recipe = Recipe.SCRATCH;
        options.depths = List.of(1, 1, 1, 1);
        options.dims = List.of(8, 12, 16, 20);
        options.imageSize = 48;
        options.epochs = 12;
        options.batch = 3;
        options.dropPath = 0.1;
        options.ema = 0.9;
        return options;
    }

    public static void main(String[] args) {
        try (Backend backend = new CpuBackend(Integer.parseInt(args[2]))) {
            Trainer.run(options(Path.of(args[0]), Path.of(args[1])), Quiet.context(backend));
        }
    }
}
