package org.cryonext.tools.command;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.cryonext.bench.BenchJson;
import org.cryonext.bench.model.Mode;
import org.cryonext.bench.model.ModelSettings;
import org.cryonext.bench.recipe.RecipeBenchmark;
import org.cryonext.bench.recipe.RecipeRow;
import org.cryonext.bench.recipe.RecipeSettings;
import org.cryonext.bench.recipe.TimedTraining;
import org.cryonext.cryoet.particle.ClassNames;
import org.cryonext.engine.backend.cpu.CpuCeilings;
import org.cryonext.engine.io.Progress;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The paper's recipe as a whole. */
@Command(
        name = "recipe",
        description = {
            "Times the paper's recipe as a whole on simulated particles: reading, the classifier alone, then the last"
                    + " stage too, with what is frozen computed once and kept.",
            "",
            "With --peers PyTorch trains on the same data, initial weights and batches, in the Python that --python"
                    + " names, once this engine has finished. The losses of the first 60 steps must agree to 1e-4.",
            ""
        },
        footerHeading = "%nExample:%n",
        footer = "  ./cryonext bench recipe --particles 64 --threads 2 --peers --python ~/venv/bin/python")
final class BenchRecipeCommand extends Job {
    /** Particles with --quick; as many as make two batches an epoch. */
    private static final int FEW = 64;

    @Mixin
    private BenchModelOptions models;

    @Option(names = "--particles", paramLabel = "N", description = "Particles (default: 640, with --quick 64).")
    private Integer particles;

    @Option(
            names = "--epochs",
            paramLabel = "N",
            converter = AtLeastOne.class,
            description = "Epochs (default: 20, with --quick 2).")
    private Integer epochs;

    @Option(
            names = "--unfreeze",
            paramLabel = "EPOCH",
            description = "Epoch, from 0, from which the last stage trains (default: 5, with --quick 1).")
    private Integer unfreeze;

    @Option(
            names = "--batch",
            paramLabel = "N",
            defaultValue = "32",
            converter = AtLeastOne.class,
            description = "Particles a step (default: ${DEFAULT-VALUE}).")
    private int batch;

    @Option(names = "--peers", description = "Train with PyTorch too; needs --python.")
    private boolean peers;

    @Option(names = "--python", paramLabel = "PATH", description = "A Python that has torch and transformers.")
    private Path python;

    @Option(
            names = "--spread",
            description = "Train with PyTorch and one thread too, to show how far PyTorch is from itself.")
    private boolean spread;

    @Option(names = "--quick", description = "A look, not a measurement.")
    private boolean quick;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the rows there as JSON too.")
    private Path json;

    @Spec
    private CommandSpec spec;

    @Override
    int run(Progress progress) {
        if (peers != (python != null)) {
            throw new ParameterException(
                    spec.commandLine(), "--peers and --python belong together: PyTorch trains in that Python");
        }
        List<RecipeSettings> all = usage(
                () -> models.models(List.of(Mode.TRAIN_STAGE3), List.of(batch), ClassNames.SHREC_2020.size()).stream()
                        .map(this::settings)
                        .toList());
        CpuCeilings before = CpuCeilings.measure(models.threads());
        List<RecipeRow> rows = new ArrayList<>();
        for (RecipeSettings settings : all) {
            RecipeRow row = RecipeBenchmark.run(settings, progress);
            print(row, out());
            rows.add(row);
        }
        if (json != null) {
            BenchJson.write(json, List.of(before, CpuCeilings.measure(models.threads())), rows);
        }
        return 0;
    }

    private RecipeSettings settings(ModelSettings model) {
        return new RecipeSettings(
                model.name(),
                model.config(),
                particles != null ? particles : quick ? FEW : 640,
                epochs != null ? epochs : quick ? 2 : 20,
                unfreeze != null ? unfreeze : quick ? 1 : 5,
                batch,
                model.imageSize(),
                model.threads(),
                python,
                spread);
    }

    private static void print(RecipeRow row, PrintWriter out) {
        out.printf(
                "%s recipe, %d particles, %d epochs, batch %d%n",
                row.model(), row.particles(), row.epochs(), row.batch());
        for (TimedTraining training : row.trainings()) {
            out.printf(
                    Locale.ROOT,
                    "  %9.1f s %9s  %s%n",
                    training.seconds(),
                    training.peakMegabytes() == 0
                            ? ""
                            : String.format(Locale.ROOT, "%.0f MB", training.peakMegabytes()),
                    training.program());
        }
        if (row.torch() != null) {
            out.printf(
                    Locale.ROOT,
                    "  %.2f times as fast; losses differ by %.1e in the first steps, %.1e in means of epochs%n",
                    row.ratioTorch(),
                    row.firstSteps(),
                    row.epochMeans());
        }
        if (row.torchSpread() != null) {
            out.printf(Locale.ROOT, "  PyTorch differs from itself by %.1e in means of epochs%n", row.torchSpread());
        }
        if (!row.isSteady()) {
            out.println("  the machine changed its speed during a training: measure again");
        }
        out.flush();
    }
}
