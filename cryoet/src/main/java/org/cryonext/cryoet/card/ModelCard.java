package org.cryonext.cryoet.card;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.cryonext.cryoet.report.Epoch;
import org.cryonext.cryoet.report.EpochLog;
import org.cryonext.cryoet.run.Appearance;
import org.cryonext.cryoet.run.EvaluationRecord;
import org.cryonext.cryoet.run.Fusion;
import org.cryonext.cryoet.run.Hyperparameters;
import org.cryonext.cryoet.run.NetworkInput;
import org.cryonext.cryoet.run.ParticleCounts;
import org.cryonext.cryoet.run.ProfileInput;
import org.cryonext.cryoet.run.RunFacts;
import org.cryonext.cryoet.run.RunFolder;
import org.cryonext.cryoet.run.RunSettings;
import org.cryonext.cryoet.triplet.View;
import org.cryonext.engine.Release;
import org.cryonext.engine.io.AtomicFile;
import org.cryonext.engine.io.Counted;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.InputFile;
import org.cryonext.models.checkpoint.CheckpointReader;
import org.cryonext.models.convnext.ConvNextConfig;
import org.cryonext.models.convnext.Part;

/**
 * Writes the README of a run's folder, its model card: what the network is, what it was trained on and how, what it
 * reaches on which particles, and how to do it again. Source of the form: Mitchell et al. 2019, Model Cards for Model
 * Reporting.
 */
public final class ModelCard {
    private static final int MOST_IN_WORDS = 6;

    private static final String FILE = "README.md";
    private static final String ROBUSTNESS = "robustness.html";

    private final RunFolder run;
    private final RunSettings settings;
    private final List<Epoch> epochs;
    private final StringBuilder text = new StringBuilder();

    private ModelCard(RunFolder run) {
        this.run = run;
        settings = run.settings();
        epochs = Files.exists(run.metrics()) ? EpochLog.read(run.metrics()) : List.of();
    }

    /** Whether a folder of results lies in a run's folder, whose card then speaks of it. */
    public static boolean isOfRun(RunFolder run, Path results) {
        return results.toAbsolutePath()
                .normalize()
                .getParent()
                .equals(run.folder().toAbsolutePath().normalize());
    }

    /**
     * Writes the card anew, of a training that is not finished too, with the figures of the evaluations that were made so far.
     *
     * @return the file
     * @throws InputException if the folder's own files cannot be read, or the card not be written
     */
    public static Path write(RunFolder run) {
        String text = new ModelCard(run).render();
        Path file = run.folder().resolve(FILE);
        AtomicFile.write(file, temporary -> Files.writeString(temporary, text));
        return file;
    }

    private String render() {
        line("# " + run.folder().toAbsolutePath().normalize().getFileName());
        line("");
        if (!isFinished()) {
            line("**The training is not finished:** " + "of at most "
                    + Counted.of(settings.hyperparameters().epochs(), "epoch") + ", " + epochs.size()
                    + (epochs.size() == 1 ? " is" : " are") + " done. `--resume` goes on with it.");
            line("");
        }
        describeNetwork();
        data();
        recipe();
        training();
        figures();
        robustness();
        again();
        return text.toString();
    }

    private void describeNetwork() {
        ConvNextConfig config;
        try (CheckpointReader checkpoint = CheckpointReader.open(RunFacts.checkpoint(run))) {
            config = checkpoint.config();
        }
        NetworkInput input = settings.input();
        line("A ConvNeXt " + config.version() + " with depths " + config.depths() + " and " + config.dims()
                + " channels that tells apart " + settings.classes().size()
                + " kinds of particles in cryo-electron tomograms by " + input.images()
                + (input.images() == 1 ? " image of " : " images of ") + input.imageSize() + " x " + input.imageSize()
                + " pixels: "
                + String.join(", ", settings.classes()) + ".");
        line("");
        line(
                "It answers for particles whose places are known; it does not find them. On tomograms that look otherwise than"
                        + " those it was trained on (voxel size, contrast, noise, missing wedge) its answers are less reliable, and"
                        + " a particle of none of these classes is still called one of them.");
        line("");
    }

    private void data() {
        head("Data");
        row("folder", "`" + settings.division().data() + "`");
        row("volume", settings.input().source().file());
        row("trained on", tomograms(settings.division().train()));
        double share = settings.division().trainShare();
        if (share < 1) {
            row("share of the training particles, of each class", Double.toString(share));
        }
        row("validated on", tomograms(settings.division().validation()));
        row("kept for the test", tomograms(settings.division().test()));
        ParticleCounts particles = settings.division().particles();
        if (particles != null) {
            row("particles that train, validate", particles.train() + ", " + particles.validation());
        }
        row("training and validation kept apart by", word(settings.division().splitBy()));
        row("particles near a border", word(settings.input().borders()));
        appearance();
        line("");
    }

    private void appearance() {
        Appearance appearance = settings.appearance();
        if (appearance == null) {
            return;
        }
        row(
                "voxel size",
                appearance.voxelSize() == 0
                        ? "not known"
                        : String.format(Locale.ROOT, "%.2f Angstrom", appearance.voxelSize()));
        row(
                "contrast",
                appearance.contrast().isClear()
                        ? "particles are " + appearance.contrast().words()
                                + " than what surrounds them, in its standard deviations"
                        : "not clear: particles are about as bright as what surrounds them");
    }

    /** By the same rule as training, which goes on until then. */
    private boolean isFinished() {
        Hyperparameters numbers = settings.hyperparameters();
        int withoutBetter = 0;
        for (Epoch epoch : epochs) {
            withoutBetter = epoch.best() ? 0 : withoutBetter + 1;
        }
        return epochs.size() >= numbers.epochs() || numbers.patience() > 0 && withoutBetter >= numbers.patience();
    }

    /** Which parts train from which epoch: {@code the classifier from epoch 0, stage 3 from epoch 5}. */
    private static String unfrozen(Hyperparameters numbers) {
        if (numbers.trainsWhole()) {
            return "all from epoch 0";
        }
        SortedMap<Integer, List<String>> parts = new TreeMap<>();
        numbers.unfreeze()
                .forEach((part, epoch) ->
                        parts.computeIfAbsent(epoch, any -> new ArrayList<>()).add(name(part)));
        return parts.entrySet().stream()
                .map(entry -> String.join(" and ", entry.getValue()) + " from epoch " + entry.getKey())
                .collect(Collectors.joining(", "));
    }

    private static String name(Part part) {
        return switch (part) {
            case STEM -> "stem";
            case STAGE0, STAGE1, STAGE2, STAGE3 -> "stage " + (part.ordinal() - Part.STAGE0.ordinal());
            case FINAL_NORM -> "final LayerNorm";
            case HEAD -> "classifier";
        };
    }

    private static String tomograms(List<String> names) {
        return names.isEmpty() ? "none" : String.join(", ", names);
    }

    /** In words, or, where they are many, as the command line has them. */
    private static String views(List<View> views) {
        return views.size() > MOST_IN_WORDS
                ? "`" + String.join(",", View.texts(views)) + "`"
                : views.stream()
                        .map(view -> view.planeText().toUpperCase(Locale.ROOT)
                                + (view.offset() == 0 ? "" : " at " + view.offset()) + ", "
                                + (view.thickness() == 1 ? "one slice" : "mean of " + view.thickness() + " slices")
                                + ", " + view.edge() + " voxels wide, range of the " + word(view.normalisation()))
                        .collect(Collectors.joining("; "));
    }

    private void recipe() {
        Hyperparameters numbers = settings.hyperparameters();
        head("Recipe");
        row("recipe", word(settings.recipe()));
        row("views", views(settings.input().views()));
        row("views fused by", word(settings.input().fusion()));
        ProfileInput profile = settings.input().profile();
        row(
                "radial profile beside the features",
                profile == null ? "no" : "yes, a share of " + profile.dropout() + " withheld in training");
        row(
                "channels of an image",
                word(settings.input().channels())
                        + (settings.input().imageChannels() == ConvNextConfig.COLOURS
                                ? ""
                                : ", " + settings.input().imageChannels()));
        row("first weights", numbers.init() == null ? "random" : "`" + numbers.init() + "`");
        row("epochs at most, particles a step", numbers.epochs() + ", " + numbers.batch());
        row("learning rates of classifier and rest", numbers.headRate() + ", " + numbers.backboneRate());
        row("schedule, epochs of warm-up", word(numbers.schedule()) + ", " + numbers.warmupEpochs());
        row("weight decay", numbers.weightDecay() + (numbers.decayVectors() ? " on all parameters" : " on matrices"));
        row("parts that train (epochs and stages as `--unfreeze-epoch` counts them, from 0)", unfrozen(numbers));
        row(
                "drop path, label smoothing, clipping, moving average",
                numbers.dropPath() + ", " + numbers.labelSmoothing() + ", " + numbers.clipNorm() + ", "
                        + numbers.ema());
        if (numbers.frozenF16()) {
            row("results of the parts that do not train", "kept in half precision");
        }
        row("views turned and flipped", numbers.augment() ? "yes" : "no");
        row(
                "cubes varied",
                numbers.augmentation() == null
                        ? "no"
                        : String.join(", ", numbers.augmentation().words()));
        row(
                "sampling, mixup, focal loss, layer decay",
                word(numbers.sampling()) + ", " + numbers.mixup() + ", " + numbers.focal() + ", "
                        + numbers.layerDecay());
        row("class weights", numbers.classWeights().isEmpty() ? "none" : "inverse frequency");
        // A mean of probabilities is not divided by the temperature.
        run.calibration()
                .filter(fitted -> settings.input().fusion() != Fusion.PROBABILITIES)
                .ifPresent(calibration -> row(
                        "temperature, calibration error of the validation particles before and after",
                        String.format(
                                Locale.ROOT,
                                "%.3f, %.4f, %.4f",
                                calibration.temperature(),
                                calibration.errorBefore(),
                                calibration.errorAfter())));
        row("patience", numbers.patience() == 0 ? "none" : Counted.of(numbers.patience(), "epoch"));
        row("seed", Long.toString(numbers.seed()));
        line("");
    }

    private void training() {
        head("Training");
        row("state", isFinished() ? "finished" : "not finished");
        row("epochs done", Integer.toString(epochs.size()));
        row(
                "time of the epochs",
                String.format(
                        Locale.ROOT,
                        "%.0f s",
                        epochs.stream().mapToDouble(Epoch::seconds).sum()));
        epochs.stream()
                .filter(Epoch::best)
                .reduce((first, last) -> last)
                .ifPresent(best -> row(
                        "best epoch (from 0)",
                        String.format(
                                Locale.ROOT,
                                "%d, validation accuracy %.4f; it is in `best/`",
                                best.number(),
                                best.valAccuracy())));
        line("");
    }

    private void figures() {
        line("## Figures");
        line("");
        List<EvaluationRecord> evaluations = run.evaluations().evaluations();
        if (evaluations.isEmpty()) {
            List<String> earlier = folders("metrics.json");
            line(
                    earlier.isEmpty()
                            ? "Not measured yet: `./cryonext evaluate` does, and writes the figures here."
                            : "Measured by an earlier version of the program: " + links(earlier, "metrics.json")
                                    + ". `./cryonext evaluate` writes the figures here.");
            line("");
            return;
        }
        new FigureTable(evaluations, bestEpoch(), run.folder()).lines().forEach(this::line);
    }

    /** Number of the epoch whose checkpoint is the best; null before there is one. */
    private Integer bestEpoch() {
        return epochs.stream()
                .filter(Epoch::best)
                .reduce((first, last) -> last)
                .map(Epoch::number)
                .orElse(null);
    }

    /** Studies whose page, which is written last, is there. */
    private void robustness() {
        List<String> studies = folders(ROBUSTNESS);
        if (!studies.isEmpty()) {
            line("## Robustness");
            line("");
            line("How the figures change under other conditions: " + links(studies, ROBUSTNESS) + ".");
            line("");
        }
    }

    private static String links(List<String> folders, String file) {
        return folders.stream()
                .map(name -> "[" + name + "](<" + name + "/" + file + ">)")
                .collect(Collectors.joining(", "));
    }

    /** Those in the run's folder that hold a file of this name. */
    private List<String> folders(String file) {
        try (Stream<Path> entries = Files.list(run.folder())) {
            return entries.filter(entry -> Files.isRegularFile(entry.resolve(file)))
                    .map(entry -> entry.getFileName().toString())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new InputException("Cannot read " + run.folder() + ": " + InputFile.reason(e), e);
        }
    }

    private void again() {
        head("How to do it again");
        Optional.ofNullable(settings.provenance()).ifPresent(provenance -> {
            row("command", "`" + provenance.command() + "`");
            row("hardware", provenance.hardware());
            row("begun", provenance.begun());
        });
        row("device", settings.device());
        row(
                "versions",
                "CryoNeXt " + settings.version()
                        + (settings.version().equals(Release.version())
                                ? ""
                                : " (this card: " + Release.version() + ")")
                        + ", Java " + settings.java());
        line("");
        line("`run.json` has every setting, `metrics.jsonl` every step.");
    }

    private void head(String title) {
        line("## " + title);
        line("");
        line("| | |");
        line("|---|---|");
    }

    private void row(String name, String value) {
        line("| " + name + " | " + value.replace("|", "\\|") + " |");
    }

    private void line(String content) {
        text.append(content).append('\n');
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
