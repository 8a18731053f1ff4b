package org.cryonext.tools.command;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.cryonext.bench.BenchJson;
import org.cryonext.bench.model.Mode;
import org.cryonext.bench.model.ModelSettings;
import org.cryonext.bench.paper.Card;
import org.cryonext.bench.paper.PaperJson;
import org.cryonext.bench.paper.PaperPage;
import org.cryonext.bench.paper.PaperRoofline;
import org.cryonext.bench.roofline.Roofline;
import org.cryonext.bench.roofline.RooflineRow;
import org.cryonext.engine.backend.Precision;
import org.cryonext.engine.io.Progress;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What each node of a model loses. */
@Command(
        name = "roofline",
        description = {
            "Lists what each node of a model's program takes beside what it would take at this machine's ceilings, those"
                    + " that lose most first.",
            "",
            "A node's ceiling is the time its floating-point operations take in registers alone, or its inputs and"
                    + " outputs from memory, whichever is longer. A node is faster than that where caches hold its data.",
            "",
            "Of a card nothing is measured, and none is needed: launches, bytes and operations are those that the cuda"
                    + " backend plans, times are modelled. First all modes, precisions and batches, then the kernels of"
                    + " one, then which aims the plans reach.",
            ""
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  ./cryonext roofline --device cpu --variant v1 --batch 32 --threads 2",
            "  ./cryonext roofline --device T4"
        })
final class RooflineCommand extends Job {
    private static final int CPU_BATCH = 32;
    private static final int PAPER_BATCH = 256;

    @Mixin
    private BenchModelOptions models;

    @Option(
            names = "--device",
            paramLabel = "DEVICE",
            defaultValue = "cpu",
            description = "What runs the model: ${COMPLETION-CANDIDATES}; all but the first on paper.")
    private Machine device;

    @Option(
            names = "--mode",
            paramLabel = "MODE",
            defaultValue = "infer",
            description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private Mode mode;

    @Option(
            names = "--channels",
            paramLabel = "N",
            defaultValue = "3",
            converter = AtLeastOne.class,
            description = "Channels of an image (default: ${DEFAULT-VALUE}).")
    private int channels;

    @Option(
            names = "--patch",
            paramLabel = "N",
            defaultValue = "4",
            converter = AtLeastOne.class,
            description = "Pixels of an edge of the stem's patches (default: ${DEFAULT-VALUE}).")
    private int patch;

    @Option(
            names = "--batch",
            paramLabel = "N",
            converter = AtLeastOne.class,
            description = "Images in a batch (default: 32 on the cpu, 256 on a card).")
    private Integer batch;

    @Option(
            names = "--precision",
            paramLabel = "PRECISION",
            description = "What a card computes in: ${COMPLETION-CANDIDATES} (default: f16). The cpu computes in f32.")
    private Precision precision;

    @Option(
            names = "--runs",
            paramLabel = "N",
            defaultValue = "5",
            converter = AtLeastOne.class,
            description = "Runs that are averaged, after as many to warm up (default: ${DEFAULT-VALUE}).")
    private int runs;

    @Option(
            names = "--rows",
            paramLabel = "N",
            defaultValue = "30",
            converter = AtLeastOne.class,
            description = "Nodes that are printed (default: ${DEFAULT-VALUE}); JSON has all.")
    private int rows;

    @Option(names = "--json", paramLabel = "FILE", description = "Write all nodes there as JSON too.")
    private Path json;

    @Spec
    private CommandSpec spec;

    /** Devices whose ceilings are known. */
    private enum Machine {
        /** The processor. */
        CPU(null),
        T4(Card.T4),
        A100(Card.A100),
        RTX4090(Card.RTX4090),
        H100(Card.H100),
        H200(Card.H200);

        private final Card card;

        Machine(Card card) {
            this.card = card;
        }
    }

    @Override
    int run(Progress progress) {
        boolean onPaper = device.card != null;
        int images = batch != null ? batch : onPaper ? PAPER_BATCH : CPU_BATCH;
        List<ModelSettings> all = usage(() -> models.models(List.of(mode), List.of(images), channels, patch));
        if (json != null && all.size() > 1) {
            throw new ParameterException(spec.commandLine(), "--json takes the nodes of one model: choose a --variant");
        }
        if (onPaper) {
            onPaper(all);
            return 0;
        }
        if (precision != null && precision != Precision.F32) {
            throw new ParameterException(spec.commandLine(), "The cpu computes in f32 alone");
        }
        for (ModelSettings settings : all) {
            Roofline roofline = Roofline.measure(settings, runs, progress);
            print(settings, roofline);
            if (json != null) {
                BenchJson.write(json, List.of(roofline.ceilings()), roofline.rows());
            }
        }
        return 0;
    }

    private void onPaper(List<ModelSettings> models) {
        Precision chosen = precision == null ? Precision.F16 : precision;
        if (!PaperRoofline.runs(device.card, chosen)) {
            throw new ParameterException(spec.commandLine(), "A " + device + " has no products in " + chosen);
        }
        PaperPage page = new PaperPage(out(), device.card);
        page.head();
        page.overview(models);
        for (ModelSettings settings : models) {
            PaperRoofline step = PaperRoofline.of(settings.in(chosen), device.card);
            page.kernels(step, rows);
            if (json != null) {
                PaperJson.write(json, step);
            }
        }
        page.aims(models);
    }

    private void print(ModelSettings settings, Roofline roofline) {
        out().printf(
                        Locale.ROOT,
                        "%s %s, batch %d: %.1f ms of %d nodes, %.1f ms at %.1f GFLOP/s and %.1f GB/s (%.0f %%)%n",
                        settings.name(),
                        settings.mode(),
                        settings.batch(),
                        roofline.measured(),
                        roofline.rows().size(),
                        roofline.ceiling(),
                        roofline.ceilings().gigaflops(),
                        roofline.ceilings().gigabytes(),
                        100 * roofline.ceiling() / roofline.measured());
        out().printf(
                        "%9s %9s %9s %9s %9s  %-7s  %s%n",
                        "lost ms", "took ms", "ceiling", "GFLOP", "MB", "bound", "node");
        for (RooflineRow row :
                roofline.rows().subList(0, Math.min(rows, roofline.rows().size()))) {
            out().printf(
                            Locale.ROOT,
                            "%9.3f %9.3f %9.3f %9.3f %9.2f  %-7s  %s%n",
                            row.lost(),
                            row.measured(),
                            row.ceiling(),
                            row.gigaflop(),
                            row.megabytes(),
                            row.bound(),
                            row.node());
        }
        out().flush();
    }
}
