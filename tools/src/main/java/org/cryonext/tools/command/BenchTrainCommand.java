package org.cryonext.tools.command;

import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import org.cryonext.bench.model.Mode;
import org.cryonext.bench.model.ModelSettings;
import org.cryonext.bench.pair.PairSettings;
import org.cryonext.bench.pair.Peers;
import org.cryonext.engine.io.Progress;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Steps of training of whole models. */
@Command(
        name = "train",
        description = {
            "Times steps of training of whole models, each in a process of its own: forward, cross entropy, backward,"
                    + " AdamW. What is frozen runs forward at every step.",
            "",
            "With --peers PyTorch runs the same weights and images in turns with it, in the Python that --python"
                    + " names.",
            ""
        },
        footerHeading = "%nExample:%n",
        footer = "  ./cryonext bench train --mode train_head --peers --python ~/venv/bin/python")
final class BenchTrainCommand extends Job {
    @Mixin
    private BenchModelOptions models;

    @Option(
            names = "--mode",
            paramLabel = "MODE",
            split = ",",
            defaultValue = "train_full,train_stage3,train_head",
            completionCandidates = TrainingModes.class,
            description =
                    "${COMPLETION-CANDIDATES}: update all parameters, those of the last stage and after it, or the"
                            + " classifier's (default: ${DEFAULT-VALUE}).")
    private List<Mode> modes;

    @Option(
            names = "--batch",
            paramLabel = "N",
            split = ",",
            defaultValue = "32",
            converter = AtLeastOne.class,
            description = "Images in a batch (default: ${DEFAULT-VALUE}).")
    private List<Integer> batches;

    @Option(names = "--recompute", description = "Compute the inside of a block twice a step rather than keep it.")
    private boolean recompute;

    @Option(names = "--peers", description = "Measure PyTorch too; needs --python.")
    private boolean peers;

    @Option(names = "--python", paramLabel = "PATH", description = "A Python that has torch.")
    private Path python;

    @Mixin
    private BenchModelOptions.Rows rows;

    @Spec
    private CommandSpec spec;

    /** All but inference. */
    static final class TrainingModes implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return List.of("TRAIN_FULL", "TRAIN_STAGE3", "TRAIN_HEAD").iterator();
        }
    }

    @Override
    int run(Progress progress) {
        if (peers != (python != null)) {
            throw new ParameterException(
                    spec.commandLine(), "--peers and --python belong together: PyTorch trains in that Python");
        }
        List<ModelSettings> all = usage(() -> models.models(modes, batches, recompute));
        PairSettings settings = usage(rows::settings);
        BenchRows.run(all, settings, peers ? Peers.ofTraining(python) : Peers.none(), rows, progress, out());
        return 0;
    }
}
