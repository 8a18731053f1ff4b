package org.cryonext.cryoet.train;

import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.cryonext.cryoet.dataset.Source;
import org.cryonext.cryoet.run.Channels;
import org.cryonext.cryoet.run.Fusion;
import org.cryonext.cryoet.run.Hyperparameters;
import org.cryonext.cryoet.run.NetworkInput;
import org.cryonext.cryoet.run.Recipe;
import org.cryonext.cryoet.run.Sampling;
import org.cryonext.cryoet.run.SplitBy;
import org.cryonext.cryoet.triplet.Augmentation;
import org.cryonext.cryoet.triplet.Borders;
import org.cryonext.cryoet.triplet.View;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.optim.Schedule;
import org.cryonext.models.checkpoint.Preprocessing;
import org.cryonext.models.convnext.ConvNext;
import org.cryonext.models.convnext.ConvNextConfig;
import org.cryonext.models.convnext.Part;
import org.cryonext.models.convnext.Size;
import org.cryonext.models.convnext.Version;

/** The three recipes: what holds where an option was not given. */
final class Presets {
    /** Share of the particles that trains where the split is by particle. */
    static final double TRAINING_SHARE = 0.8;

    private static final long SEED = 42;
    private static final int PATCH = 4;
    private static final int SCRATCH_IMAGE = 48;
    private static final int PAPER_IMAGE = 224;

    /** Of four slices each, in each of three planes: a cube of 32 voxels, which the largest particle fills. */
    private static final int SLABS = 8;

    private static final int BEST_EDGE = 32;
    private static final int BEST_PATCH = 2;
    private static final int BEST_EPOCHS = 30;
    private static final double BEST_DROP_PATH = 0.1;

    /** A network of half a million weights: larger ones learn thousands of noisy particles by heart (docs/experiments.md). */
    private static final List<Integer> BEST_DEPTHS = List.of(1, 1, 2, 1);

    private static final List<Integer> BEST_DIMS = List.of(24, 48, 96, 192);

    private final TrainOptions options;
    private final boolean paper;
    private final boolean best;

    Presets(TrainOptions options) {
        this.options = options;
        this.paper = options.recipe() == Recipe.PAPER;
        this.best = options.recipe() == Recipe.BEST;
    }

    private static <T> T or(T given, T preset) {
        return given == null ? preset : given;
    }

    private <T> T or(T given, T ofPaper, T ofScratch) {
        return or(given, paper ? ofPaper : ofScratch);
    }

    long seed() {
        return or(options.seed, SEED);
    }

    double trainShare() {
        return or(options.trainShare, 1.0);
    }

    SplitBy splitBy() {
        return options.order != null ? SplitBy.ORDER : or(options.splitBy, SplitBy.PARTICLE, SplitBy.TOMOGRAM);
    }

    boolean weighsClasses() {
        return or(options.classWeights, true, false);
    }

    /** Channels of the network's images. */
    int imageChannels() {
        return channels() != Channels.VIEWS || colours() == null ? ConvNextConfig.COLOURS : colours();
    }

    /** Slabs of a plane that best makes the channels of an image, its own or those that are asked for; 0 for none. */
    private int slabs() {
        if (!best || options.channels != null) {
            return 0;
        }
        return options.views == null ? SLABS : View.slabCount(options.views);
    }

    private Channels channels() {
        return slabs() > 0 ? Channels.VIEWS : or(options.channels, Channels.GREY);
    }

    private Integer colours() {
        return slabs() > 0 ? Integer.valueOf(slabs()) : options.colours;
    }

    private Fusion fusion() {
        return or(options.fusion, best ? Fusion.CONCAT : Fusion.LOGITS);
    }

    /** Whether the radial profile stands beside the features. */
    boolean profile() {
        return or(options.profile, false);
    }

    /** The network where its weights are random. */
    ConvNextConfig architecture(List<String> classes, NetworkInput input) {
        boolean small = best && options.size == null;
        Size size = or(options.size, Size.ATTO);
        List<Integer> depths = or(options.depths, small ? BEST_DEPTHS : size.depths());
        List<Integer> dims = or(options.dims, small ? BEST_DIMS : size.dims());
        return ConvNextConfig.of(or(options.variant, Version.V2), depths, dims, classes.size())
                .withImages(input.imageChannels(), patch())
                .withHead(input.head())
                .withLabels(classes);
    }

    /** What a particle looks like; mean and deviation are the initial checkpoint's, the source that of the data. */
    NetworkInput input(Preprocessing preprocessing, Source source) {
        if (Math.abs(preprocessing.rescaleFactor() * 255 - 1) > 1e-9) {
            throw new InputException("The initial checkpoint wants pixels times " + preprocessing.rescaleFactor()
                    + " (preprocessor_config.json: rescale_factor), 1/255 was expected");
        }
        List<View> views = or(options.views, best ? View.slabs(SLABS, 4, BEST_EDGE) : View.PAPER);
        int imageSize = or(
                options.imageSize,
                PAPER_IMAGE,
                best && View.slabCount(views) > 0 ? slabImage(views.getFirst()) : SCRATCH_IMAGE);
        return new NetworkInput(
                views,
                NetworkInput.slices(views, imageSize),
                imageSize,
                preprocessing.mean(),
                preprocessing.deviation(),
                or(options.source, best && source == Source.GRANDMODEL ? Source.RECONSTRUCTION : source),
                borders(),
                fusion(),
                channels(),
                colours(),
                null);
    }

    /**
     * Pixels half as wide as a slab is thick: finer ones show noise, at twice the time (docs/experiments.md). But no fewer
     * than the network needs.
     */
    private int slabImage(View slab) {
        return Math.clamp(2L * slab.edge() / slab.thickness(), smallestImage(), Math.max(smallestImage(), slab.edge()));
    }

    /** Of a network with random weights. */
    int smallestImage() {
        return ConvNext.minimumSize(patch());
    }

    private int patch() {
        return or(options.patch, best ? BEST_PATCH : PATCH);
    }

    /** The same with the radial profile beside the features, where it was asked for. */
    NetworkInput withProfile(NetworkInput input, SampleProfiles profiles, SampleSet samples) {
        return profiles == null
                ? input
                : input.withProfile(profiles.statistics(samples.train(), or(options.profileDropout, 0.0)));
    }

    /** The particles of an order file count wherever they are. */
    private Borders borders() {
        return options.order != null ? Borders.PAD : or(options.borders, Borders.SKIP, Borders.PAD);
    }

    Hyperparameters hyperparameters(int epochs, int batch, List<Double> classWeights) {
        return new Hyperparameters(
                epochs,
                batch,
                or(options.headRate, 1e-4, 2e-3),
                or(options.backboneRate, 1e-5, 2e-3),
                or(options.weightDecay, 0.01, 0.05),
                paper,
                or(options.warmupEpochs, 0.0, 1.0),
                or(options.schedule, Schedule.Kind.CONSTANT, Schedule.Kind.COSINE),
                dropPath(),
                or(options.labelSmoothing, 0.0),
                or(options.clipNorm, 0.0, 1.0),
                or(options.ema, 0.0),
                classWeights,
                unfreeze(),
                or(options.augment, !paper && !best),
                or(options.patience, 3, 0),
                seed(),
                absolute(options.init),
                augmentation(),
                or(options.sampling, Sampling.SHUFFLED),
                or(options.mixup, 0.0),
                or(options.focal, 0.0),
                or(options.layerDecay, 1.0),
                or(options.frozenF16, false));
    }

    private Augmentation augmentation() {
        boolean flips = best && options.augment == null && options.augmentation == null;
        return flips
                ? Augmentation.parse(List.of("flips"))
                : Augmentation.NONE.equals(options.augmentation) ? null : options.augmentation;
    }

    double dropPath() {
        return or(options.dropPath, best ? BEST_DROP_PATH : 0.0);
    }

    int epochs() {
        return or(options.epochs, 20, best ? BEST_EPOCHS : 10);
    }

    int batch() {
        return or(options.batch, 32);
    }

    private Map<Part, Integer> unfreeze() {
        Map<Part, Integer> epochs = new EnumMap<>(Part.class);
        if (options.unfreeze != null || paper) {
            or(options.unfreeze, Map.of(3, 5)).forEach((stage, epoch) -> epochs.put(Part.stage(stage), epoch));
        } else {
            for (Part part : Part.values()) {
                epochs.put(part, 0);
            }
        }
        epochs.put(Part.HEAD, 0);
        return epochs;
    }

    static String absolute(Path path) {
        return path == null ? null : path.toAbsolutePath().normalize().toString();
    }
}
