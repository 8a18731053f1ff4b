package org.cryonext.tools.command;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.cryonext.bench.gpu.GpuPart;
import org.cryonext.bench.gpu.GpuReport;
import org.cryonext.bench.gpu.GpuSettings;
import picocli.CommandLine.Option;

/** How a card is proved and timed. */
final class GpuOptions {
    @Option(
            names = "--gpu",
            description = "Prove the card: every operator in every type against the reference backend, whole models"
                    + " against PyTorch's tensors and the cpu backend; and time kernels and models. Exit code 0 only if all"
                    + " was done and is right.")
    private boolean gpu;

    @Option(
            names = "--only",
            paramLabel = "PART",
            split = ",",
            defaultValue = "cases,models,timings",
            description = "With --gpu: ${COMPLETION-CANDIDATES}; several with commas (default: all).")
    private List<GpuPart> only;

    @Option(
            names = "--quick",
            description = "With --gpu: a fifth of the cases, no large models, and the most important timings.")
    private boolean quick;

    @Option(
            names = "--filter",
            paramLabel = "TEXT",
            defaultValue = "",
            description = "With --gpu: only operators whose case contains this, for instance LayerNorm.")
    private String filter;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "600",
            converter = AtLeastOne.class,
            description =
                    "With --gpu: about how long it may take (default: ${DEFAULT-VALUE}); what is not reached by then is"
                            + " named in the report.")
    private int seconds;

    @Option(
            names = "--card",
            paramLabel = "N",
            defaultValue = "0",
            description = "With --gpu: number of the card (default: ${DEFAULT-VALUE}).")
    private int card;

    @Option(
            names = "--goldens",
            paramLabel = "DIR",
            description = "With --gpu: folder of models, each with PyTorch's tensors beside its weights"
                    + " (reference.safetensors).")
    private Path goldens;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            defaultValue = "gpu-report",
            description =
                    "With --gpu: where gpu-report.json and gpu-report.md are written (default: ${DEFAULT-VALUE}).")
    private Path out;

    boolean wanted() {
        return gpu;
    }

    /** @param kernels folder of compiled kernels */
    GpuSettings settings(Optional<Path> kernels) {
        return new GpuSettings(
                card, Set.copyOf(only), quick, filter, seconds, kernels, Optional.ofNullable(goldens), out);
    }

    /** Where the report for people is. */
    Path page() {
        return out.resolve(GpuReport.PAGE);
    }
}
