package org.cryonext.cryoet.card;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.cryonext.cryoet.metrics.Estimate;
import org.cryonext.cryoet.metrics.Metrics;
import org.cryonext.cryoet.metrics.MetricsJson;
import org.cryonext.cryoet.report.Epoch;
import org.cryonext.cryoet.report.EpochLog;
import org.cryonext.cryoet.run.Fusion;
import org.cryonext.cryoet.run.Hyperparameters;
import org.cryonext.cryoet.run.NetworkInput;
import org.cryonext.cryoet.run.ProfileInput;
import org.cryonext.cryoet.run.RunFacts;
import org.cryonext.cryoet.run.RunFolder;
import org.cryonext.cryoet.run.RunSettings;
import org.cryonext.cryoet.triplet.View;
import org.cryonext.engine.Release;
import org.cryonext.engine.io.AtomicFile;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.InputFile;
import org.cryonext.models.checkpoint.Checkpoint;
import org.cryonext.models.convnext.ConvNextConfig;

/**
 * Writes the README of a run's folder, its model card: what the network is, what it was trained on and how, what it
 * reaches on which particles, and how to do it again. Source of the form: Mitchell et al. 2019, Model Cards for Model
 * Reporting.
 */
public final class ModelCard {
    private static final int MOST_IN_WORDS = 6;

    private static final String FILE = "README.md";

    private final RunFolder run;
    private final RunSettings settings;
    private final StringBuilder text = new StringBuilder();

    private ModelCard(RunFolder run) {
        this.run = run;
        settings = run.settings();
    }

    /**
     * Writes the card anew, with the figures of the evaluations that lie in the folder by now.
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
        describeNetwork();
        data();
        recipe();
        training();
        figures();
        again();
        return text.toString();
    }

    private void describeNetwork() {
        ConvNextConfig config = Checkpoint.read(RunFacts.checkpoint(run)).config();
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
        row("training and validation kept apart by", word(settings.division().splitBy()));
        row("particles near a border", word(settings.input().borders()));
        line("");
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
        row("parts that train, from which epoch", numbers.unfreeze().toString());
        row(
                "drop path, label smoothing, clipping, moving average",
                numbers.dropPath() + ", " + numbers.labelSmoothing() + ", " + numbers.clipNorm() + ", "
                        + numbers.ema());
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
        row("patience", numbers.patience() == 0 ? "none" : numbers.patience() + " epochs");
        row("seed", Long.toString(numbers.seed()));
        line("");
    }

    private void training() {
        List<Epoch> epochs = Files.exists(run.metrics()) ? EpochLog.read(run.metrics()) : List.of();
        head("Training");
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
        List<Path> evaluations = evaluations();
        if (evaluations.isEmpty()) {
            line("Not measured yet: `./cryonext evaluate` does, and writes the figures here.");
            line("");
            return;
        }
        line(
                "95 % intervals by particle in brackets, by tomogram where there are several; size alone and the other baselines"
                        + " are in the reports.");
        line("");
        line("| evaluation | particles | macro F1 | by tomogram | accuracy |");
        line("|---|---|---|---|---|");
        for (Path folder : evaluations) {
            Metrics metrics = MetricsJson.read(folder.resolve("metrics.json"));
            String name = folder.getFileName().toString();
            line("| [" + name + "](" + name + ") | "
                    + metrics.confusion().total() + " | " + interval(metrics.f1()) + " | "
                    + metrics.byTomogram().map(t -> range(t.f1())).orElse("") + " | " + interval(metrics.accuracy())
                    + " |");
        }
        line("");
        for (Path folder : evaluations) {
            Path file = folder.resolve("metrics.json");
            MetricsJson.readAbstention(file).ifPresent(abstention -> {
                line(folder.getFileName() + ": " + abstention.sentence(MetricsJson.read(file)));
                line("");
            });
        }
    }

    /** Evaluations that were written into the run's folder. */
    private List<Path> evaluations() {
        try (Stream<Path> entries = Files.list(run.folder())) {
            return entries.filter(entry -> entry.getFileName().toString().startsWith("evaluation"))
                    .filter(entry -> Files.isRegularFile(entry.resolve("metrics.json")))
                    .sorted(Comparator.naturalOrder())
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

    private static String interval(Estimate e) {
        return String.format(Locale.ROOT, "%.4f ", e.value()) + range(e);
    }

    private static String range(Estimate e) {
        return String.format(Locale.ROOT, "[%.4f, %.4f]", e.low(), e.high());
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
