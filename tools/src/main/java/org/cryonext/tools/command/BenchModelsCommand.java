package org.cryonext.tools.command;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.cryonext.bench.BenchJson;
import org.cryonext.bench.ModelBenchmarks;
import org.cryonext.bench.ModelSettings;
import org.cryonext.bench.ModelTiming;
import org.cryonext.engine.backend.cpu.CpuCeilings;
import org.cryonext.engine.io.Progress;
import org.cryonext.models.convnext.ConvNextConfig;
import org.cryonext.models.convnext.Size;
import org.cryonext.models.convnext.Version;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Whole models. */
@Command(
        name = "models",
        description = "Times whole models with random weights: inference, or a full training step.",
        footerHeading = "%nExample:%n",
        footer = "  ./cryonext bench models --size tiny --batch 1,3,32")
final class BenchModelsCommand extends Job {
    @Option(
            names = "--variant",
            paramLabel = "V",
            split = ",",
            defaultValue = "v1,v2",
            description = "v1, v2 or both (default: ${DEFAULT-VALUE}).")
    private List<Version> versions;

    @Option(
            names = "--size",
            paramLabel = "SIZE",
            defaultValue = "tiny",
            description = "atto to huge (default: ${DEFAULT-VALUE}).")
    private String size;

    @Option(
            names = "--mode",
            paramLabel = "M",
            split = ",",
            defaultValue = "infer",
            description = "infer, train_full or both (default: ${DEFAULT-VALUE}).")
    private List<Mode> modes;

    @Option(
            names = "--batch",
            paramLabel = "N",
            split = ",",
            defaultValue = "1,3,32",
            converter = AtLeastOne.class,
            description = "Images in a batch (default: ${DEFAULT-VALUE}).")
    private List<Integer> batches;

    @Option(
            names = "--image-size",
            paramLabel = "N",
            defaultValue = "224",
            converter = AtLeastOne.class,
            description = "Pixels (default: ${DEFAULT-VALUE}).")
    private int imageSize;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            defaultValue = "10",
            description = "How long each row is measured (default: ${DEFAULT-VALUE}).")
    private double seconds;

    @Option(names = "--profile", description = "Print what each operator takes instead of the speed.")
    private boolean profile;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the rows there as JSON too.")
    private Path json;

    @Mixin
    private ThreadsOption threads;

    /** What is timed. */
    enum Mode {
        INFER,
        TRAIN_FULL;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Override
    int run(Progress progress) {
        List<ModelTiming> rows = new ArrayList<>();
        CpuCeilings before = CpuCeilings.measure(threads.threads());
        for (Version version : versions) {
            for (Mode mode : modes) {
                for (int batch : batches) {
                    ModelSettings settings = settings(version, mode, batch);
                    if (profile) {
                        profile(settings);
                    } else {
                        rows.add(print(ModelBenchmarks.run(settings)));
                    }
                }
            }
        }
        if (json != null) {
            BenchJson.write(json, List.of(before, CpuCeilings.measure(threads.threads())), rows);
        }
        return 0;
    }

    private ModelSettings settings(Version version, Mode mode, int batch) {
        ConvNextConfig config = usage(() -> ConvNextConfig.of(version, Size.named(size), 1000));
        String name = (version == Version.V1 ? "convnext-" : "convnextv2-") + size;
        return usage(() ->
                new ModelSettings(name, config, mode == Mode.TRAIN_FULL, imageSize, batch, threads.threads(), seconds));
    }

    private ModelTiming print(ModelTiming row) {
        out().printf(
                        Locale.ROOT,
                        "%-18s %-10s batch %-3d %2d threads %8.2f images/s (%.2f to %.2f), plan %.0f MB%n",
                        row.model(),
                        row.mode(),
                        row.batch(),
                        row.threads(),
                        row.median(),
                        row.slowest(),
                        row.fastest(),
                        row.planMegabytes());
        out().flush();
        return row;
    }

    private void profile(ModelSettings settings) {
        ModelBenchmarks.profile(settings, 5)
                .forEach(row -> out().printf(Locale.ROOT, "%10.2f ms  %s%n", row.getValue(), row.getKey()));
        out().flush();
    }
}
