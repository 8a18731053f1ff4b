package org.cryonext.cryoet.run;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.cryonext.cryoet.triplet.View;
import org.cryonext.engine.io.Counted;
import org.cryonext.engine.io.InputException;
import org.cryonext.models.checkpoint.Checkpoint;
import org.cryonext.models.inspect.Fact;

/** What a run is, for a person who looks at its folder. */
public final class RunFacts {
    /** More views are named as the command line has them. */
    private static final int MOST_IN_WORDS = 6;

    private RunFacts() {}

    /** Whether a path is the folder of a run. */
    public static boolean isRun(Path path) {
        return Files.isDirectory(path) && Files.isRegularFile(new RunFolder(path).settingsFile());
    }

    /**
     * How the run was trained and what it sees.
     *
     * @throws InputException if its settings cannot be read
     */
    public static List<Fact> of(RunFolder run) {
        RunSettings settings = run.settings();
        NetworkInput input = settings.input();
        Hyperparameters numbers = settings.hyperparameters();
        return List.of(
                new Fact(
                        "run",
                        "recipe " + lower(settings.recipe()) + ", on " + settings.device() + ", CryoNeXt "
                                + settings.version() + ", Java " + settings.java()),
                new Fact(
                        "views",
                        views(input.views()) + " of the " + lower(input.source()) + ", fused by "
                                + lower(input.fusion())),
                new Fact(
                        "training",
                        "at most " + Counted.of(numbers.epochs(), "epoch") + " of batches of " + numbers.batch()
                                + ", seed "
                                + numbers.seed() + ", "
                                + (numbers.init() == null
                                        ? "random weights first"
                                        : "first weights " + numbers.init())));
    }

    /**
     * The checkpoint to look at: the best, or the newest while there is no best one.
     *
     * @throws InputException if there is neither
     */
    public static Path checkpoint(RunFolder run) {
        for (Path folder : List.of(run.best(), run.newest())) {
            if (Files.exists(folder.resolve(Checkpoint.WEIGHTS))) {
                return folder;
            }
        }
        throw new InputException(run.folder() + " has no checkpoint yet; let cryonext train --resume make one");
    }

    private static String views(List<View> views) {
        return views.size() > MOST_IN_WORDS
                ? String.join(", ", View.texts(views))
                : views.stream()
                        .map(v -> v.planeText()
                                + (v.offset() == 0 ? "" : " at " + v.offset())
                                + (v.thickness() == 1 ? "" : " of " + v.thickness() + " slices"))
                        .collect(Collectors.joining(", "));
    }

    private static String lower(Enum<?> word) {
        return word.name().toLowerCase(Locale.ROOT);
    }
}
