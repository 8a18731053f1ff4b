package org.cryonext.tools.command;

import java.util.List;
import org.cryonext.bench.model.Mode;
import org.cryonext.bench.model.ModelSettings;
import org.cryonext.bench.pair.PairSettings;
import org.cryonext.bench.pair.Peers;
import org.cryonext.engine.io.Progress;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Inference with whole models. */
@Command(
        name = "models",
        description = {
            "Times inference with whole models of random weights, each in a process of its own.",
            "",
            "With --peers ONNX Runtime and PyTorch run the same weights and images in turns with it. They are"
                    + " fetched when they are first asked for (156 MB).",
            ""
        },
        footerHeading = "%nExample:%n",
        footer = "  ./cryonext bench models --batch 1,32 --threads 2 --peers --json models.json")
final class BenchModelsCommand extends Job {
    @Mixin
    private BenchModelOptions models;

    @Option(
            names = "--batch",
            paramLabel = "N",
            split = ",",
            defaultValue = "1,3,8,32,96",
            converter = AtLeastOne.class,
            description = "Images in a batch (default: ${DEFAULT-VALUE}).")
    private List<Integer> batches;

    @Option(names = "--peers", description = "Measure ONNX Runtime and PyTorch too (Linux x86-64).")
    private boolean peers;

    @Mixin
    private BenchModelOptions.Rows rows;

    @Override
    int run(Progress progress) {
        List<ModelSettings> all = usage(() -> models.models(List.of(Mode.INFER), batches));
        PairSettings settings = usage(rows::settings);
        Peers others = peers ? Peers.ofInference(progress) : Peers.none();
        BenchRows.run(all, settings, others, rows, progress, out());
        return 0;
    }
}
