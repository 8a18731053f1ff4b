package org.cryonext.bench.recipe;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.cryonext.bench.pair.PyTorchMemory;
import org.cryonext.bench.pair.SourceTree;
import org.cryonext.bench.pair.TemporaryFolder;
import org.cryonext.engine.backend.cpu.CpuCeilings;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.Progress;

/** Trains by the paper's recipe from beginning to end: the classifier, then the last stage too. */
public final class RecipeBenchmark {
    /** Later steps may differ by more: rounding is carried from step to step. */
    private static final int COMPARED_STEPS = 60;

    private static final double AGREEMENT = 1e-4;

    private final RecipeSettings settings;
    private final RecipeFolder inputs;
    private final Path folder;
    private final Progress progress;
    private final List<TimedTraining> trainings = new ArrayList<>();
    private final List<Double> peaks = new ArrayList<>();

    private RecipeBenchmark(RecipeSettings settings, RecipeFolder inputs, Path folder, Progress progress) {
        this.settings = settings;
        this.inputs = inputs;
        this.folder = folder;
        this.progress = progress;
    }

    /**
     * Measures one training, and PyTorch's of the same if it is asked for.
     *
     * @throws InputException if a program fails, or the losses of the first steps are others
     */
    public static RecipeRow run(RecipeSettings settings, Progress progress) {
        try (TemporaryFolder temporary = TemporaryFolder.of("cryonext-recipe")) {
            Path folder = temporary.path();
            RecipeFolder inputs = RecipeFolder.write(folder, settings, progress);
            return new RecipeBenchmark(settings, inputs, folder, progress).run();
        }
    }

    private RecipeRow run() {
        int programs = 1 + (settings.python() == null ? 0 : 1) + (settings.spread() ? 1 : 0);
        progress.start(settings.name() + " recipe, " + settings.epochs() + " epochs", programs, "trainings");
        peaks.add(CpuCeilings.gigaflops(settings.threads()));
        Path run = folder.resolve("run");
        timed("CryoNeXt", OwnTraining.command(inputs, settings, run), Map.of());
        Losses ours = Losses.ofRun(run.resolve("metrics.jsonl"));
        Losses torch = settings.python() == null ? null : torch(settings.threads());
        Losses again = settings.spread() ? torch(1) : null;
        progress.finish();
        Double first = torch == null ? null : ours.firstSteps(torch, COMPARED_STEPS);
        if (first != null && first > AGREEMENT) {
            throw new InputException("The losses of the first " + COMPARED_STEPS + " steps and PyTorch's differ by "
                    + first + " of them; expected at most " + AGREEMENT);
        }
        double speed = settings.images() / trainings.getFirst().seconds();
        Double other =
                torch == null ? null : settings.images() / trainings.get(1).seconds();
        return new RecipeRow(
                settings.name(),
                "recipe",
                settings.batch(),
                settings.threads(),
                settings.particles(),
                settings.epochs(),
                speed,
                other,
                other == null ? null : speed / other,
                first,
                torch == null ? null : ours.epochs(torch),
                again == null ? null : torch.epochs(again),
                List.copyOf(trainings),
                List.copyOf(peaks));
    }

    private Losses torch(int threads) {
        Path out = folder.resolve("torch-" + threads + ".json");
        List<String> command = List.of(
                settings.python().toString(),
                SourceTree.root().resolve("tools/python/train_reference.py").toString(),
                inputs.data().toString(),
                inputs.init().toString(),
                inputs.order().toString(),
                out.toString(),
                "--image-size",
                String.valueOf(settings.imageSize()),
                "--unfreeze",
                String.valueOf(settings.unfreeze()),
                "--threads",
                String.valueOf(threads));
        timed("PyTorch, " + threads + (threads == 1 ? " thread" : " threads"), command, PyTorchMemory.VARIABLES);
        return Losses.ofReference(out);
    }

    private void timed(String program, List<String> command, Map<String, String> environment) {
        trainings.add(TimedTraining.run(
                program, command, environment, folder.resolve("training-" + trainings.size() + ".log")));
        peaks.add(CpuCeilings.gigaflops(settings.threads()));
        progress.advance(1);
    }
}
