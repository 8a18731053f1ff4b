package org.cryonext.tools.command;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.cryonext.cryoet.dataset.Source;
import org.cryonext.cryoet.run.Fusion;
import org.cryonext.cryoet.run.Recipe;
import org.cryonext.cryoet.run.Sampling;
import org.cryonext.cryoet.run.SplitBy;
import org.cryonext.cryoet.train.TrainContext;
import org.cryonext.cryoet.train.TrainOptions;
import org.cryonext.cryoet.train.TrainResult;
import org.cryonext.cryoet.train.Trainer;
import org.cryonext.cryoet.triplet.Augmentation;
import org.cryonext.cryoet.triplet.Borders;
import org.cryonext.cryoet.triplet.View;
import org.cryonext.engine.backend.Backend;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.Progress;
import org.cryonext.engine.optim.Schedule;
import org.cryonext.models.convnext.Size;
import org.cryonext.models.convnext.Version;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Trains a network on the particles of a data set. */
@Command(
        name = "train",
        description = {
            "Trains a network on the particles of tomograms in SHREC 2020's layout, or on those of a particle list of"
                    + " one's own.",
            "",
            "The recipe gives every value that no option gives. paper fine-tunes a trained network as the study did;"
                    + " scratch trains everything from random weights, on turned and flipped views. best does so for"
                    + " reconstructions, on slabs of the flipped cube whose features are joined"
                    + " (docs/experiments.md). Where two defaults stand below, the first is paper's and the second that of"
                    + " scratch and best.",
            ""
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  ./cryonext train data --out run --source reconstruction",
            "  ./cryonext train data --out run --recipe scratch",
            "  ./cryonext train shrec --out run --init convnext-tiny",
            "  ./cryonext train particles.star --volumes tomograms --out run --recipe scratch",
            "  ./cryonext train shrec --out run --resume"
        })
final class TrainCommand extends Job {
    /** How classes count in the loss. */
    enum ClassWeighting {
        INVERSE,
        NONE
    }

    /** A division by an order file follows from {@code --order}; it is no choice. */
    static final class Splits extends ArrayList<String> {
        private static final long serialVersionUID = 1;

        Splits() {
            super(List.of("tomogram", "particle"));
        }
    }

    @Parameters(
            paramLabel = "DATA",
            description = "Folder with model_0, model_1, ..., or a particle list with classes (STAR, CSV).")
    private Path data;

    @Option(names = "--out", paramLabel = "RUN", required = true, description = "Folder for the run.")
    private Path out;

    @Option(names = "--resume", description = "Continue the run in RUN, with its own settings.")
    private boolean resume;

    @Option(
            names = "--recompute",
            description = "Compute the inside of a block twice a step rather than keep it: less memory, more time, the"
                    + " same results.")
    private boolean recompute;

    @Option(
            names = "--frozen-cache",
            paramLabel = "DIR",
            description = "Keep the results of what is frozen in DIR, and use those that an earlier run with the same"
                    + " data, weights and settings kept there: the same results in less time.")
    private Path frozenCache;

    @Option(
            names = "--frozen-f16",
            description = "Keep the results of what is frozen in half precision: half the room, and slightly other"
                    + " results.")
    private Boolean frozenF16;

    @Option(
            names = "--recipe",
            paramLabel = "NAME",
            description =
                    "paper, scratch or best (default: best for --source reconstruction and for a list of one's own,"
                            + " both without --init; else paper).")
    private Recipe recipe;

    @Option(
            names = "--init",
            paramLabel = "CHECKPOINT",
            description = "Initial weights and architecture: a folder, a weight file or a model that was fetched; the"
                    + " classifier is replaced if its classes are others.")
    private String init;

    @Option(names = "--variant", paramLabel = "V", description = "Without --init: v1 or v2 (default: v2).")
    private Version variant;

    @Option(
            names = "--size",
            paramLabel = "SIZE",
            description = "Without --init: atto to huge (default: atto, with best a smaller network).")
    private Size size;

    @Option(
            names = "--depths",
            paramLabel = "N,N,N,N",
            split = ",",
            hideParamSyntax = true,
            description = "Instead of --size: blocks.")
    private List<Integer> depths;

    @Option(
            names = "--dims",
            paramLabel = "N,N,N,N",
            split = ",",
            hideParamSyntax = true,
            description = "Instead of --size: channels.")
    private List<Integer> dims;

    @Option(
            names = "--patch",
            paramLabel = "N",
            description =
                    "Without --init: pixels of an edge of the stem's patches (default: 4, with best 2); 2 for small"
                            + " images.")
    private Integer patch;

    @Option(
            names = "--image-size",
            paramLabel = "N",
            description =
                    "Pixels of an edge (defaults: 224, 48, with best 16: pixels half as wide as slabs are thick).")
    private Integer imageSize;

    @Option(names = "--epochs", paramLabel = "N", description = "Most epochs (defaults: 20, 10, with best 30).")
    private Integer epochs;

    @Option(names = "--batch", paramLabel = "N", description = "Particles a step (default: 32).")
    private Integer batch;

    @Option(
            names = "--lr-head",
            paramLabel = "X",
            description = "Learning rate of the classifier (defaults: 1e-4, 2e-3).")
    private Double headRate;

    @Option(names = "--lr-backbone", paramLabel = "X", description = "That of all else (defaults: 1e-5, 2e-3).")
    private Double backboneRate;

    @Option(
            names = "--weight-decay",
            paramLabel = "X",
            description = "AdamW's (defaults: 0.01 on all parameters, 0.05 on matrices alone).")
    private Double weightDecay;

    @Option(names = "--warmup-epochs", paramLabel = "X", description = "Of linear warm-up (defaults: 0, 1).")
    private Double warmupEpochs;

    @Option(names = "--schedule", paramLabel = "KIND", description = "constant or cosine (defaults in this order).")
    private Schedule.Kind schedule;

    @Option(names = "--drop-path", paramLabel = "P", description = "Of the last block (default: 0, with best 0.1).")
    private Double dropPath;

    @Option(names = "--label-smoothing", paramLabel = "X", description = "From 0 to 1 (default: 0).")
    private Double labelSmoothing;

    @Option(
            names = "--clip-norm",
            paramLabel = "X",
            description = "Limit of the gradients' norm, 0 for none (defaults: 0, 1).")
    private Double clipNorm;

    @Option(
            names = "--ema",
            paramLabel = "DECAY",
            description = "Validate and keep the weights' moving average, 0 for none (default: 0).")
    private Double ema;

    @Option(
            names = "--class-weights",
            paramLabel = "WEIGHTS",
            description = "inverse, to weigh classes by 1 / frequency, or none (defaults in this order).")
    private ClassWeighting classWeights;

    @Option(
            names = "--unfreeze-epoch",
            paramLabel = "STAGE=EPOCH",
            split = ",",
            converter = StageEpoch.Reader.class,
            hideParamSyntax = true,
            description = "Epochs, from 0, at which stages, 0 to 3, begin to train: 3=5,2=10 (defaults: 3=5, and all"
                    + " parameters from the start).")
    private List<StageEpoch> unfreeze;

    @Option(
            names = "--augment",
            paramLabel = "WORD,...",
            split = ",",
            hideParamSyntax = true,
            description = "How training particles are varied, anew in every epoch: views, to turn and flip each image"
                    + " by itself; or the cube before it is cut: flips, turns, turns=z, rotate, rotate=DEGREES, spin,"
                    + " shift=VOXELS, wedge, contrast=X, brightness=X, noise=X; or none (defaults: none, views, with best flips;"
                    + " docs/triplets.md).")
    private List<String> augment;

    @Option(
            names = "--sampling",
            paramLabel = "HOW",
            description = "shuffled: each training particle once an epoch; balanced: of each class as many (default:"
                    + " shuffled).")
    private Sampling sampling;

    @Option(
            names = "--mixup",
            paramLabel = "A",
            description = "Mix each image with another one in shares of the distribution Beta(A, A), and their labels"
                    + " in the loss; 0 for none (default: 0).")
    private Double mixup;

    @Option(
            names = "--focal",
            paramLabel = "G",
            description =
                    "Focal loss: each sample's loss times (1 - p)^G of its class's probability p; 0, or at least 1"
                            + " (default: 0).")
    private Double focal;

    @Option(
            names = "--layer-decay",
            paramLabel = "D",
            description = "Multiply the learning rate by D from each layer of the backbone to the one before (default:"
                    + " 1).")
    private Double layerDecay;

    @Option(
            names = "--patience",
            paramLabel = "N",
            description = "Stop after N epochs without a better validation accuracy, 0 for never (defaults: 3, 0).")
    private Integer patience;

    @Option(
            names = "--views",
            paramLabel = "VIEW,...",
            split = ",",
            hideParamSyntax = true,
            description = "What is cut from a particle: paper, thick, slabs:COUNTxTHICKNESS:EDGE, or"
                    + " PLANE:OFFSET:THICKNESS:NORMALISATION:EDGE each, for instance xz:0:7:tomogram:48"
                    + " (default: paper, with best slabs:8x4:32; docs/triplets.md).")
    private List<String> views;

    @Option(
            names = "--channels",
            paramLabel = "COLOURS",
            converter = ChannelChoice.Reader.class,
            description = "grey: each view is an image; views: three views are the channels of one; views:N: N views"
                    + " are, and the stem takes N channels (default: grey, with best views:8).")
    private ChannelChoice channels;

    @Option(
            names = "--fusion",
            paramLabel = "OF",
            description = "How a particle's images become one answer: the mean of their logits or of their"
                    + " probabilities; features or concat, to train on the mean of their features or on all of them"
                    + " together (default: logits, with best concat).")
    private Fusion fusion;

    @Option(
            names = "--profile",
            negatable = true,
            description =
                    "With --fusion features or concat: let the classifier also read the particle's radial profile,"
                            + " mean and deviation of the density in shells (default: not).")
    private Boolean profile;

    @Option(
            names = "--profile-dropout",
            paramLabel = "P",
            description = "Probability that training withholds a number of the profile (default: 0).")
    private Double profileDropout;

    @Option(
            names = "--source",
            paramLabel = "VOLUME",
            completionCandidates = ShrecSources.class,
            description = "grandmodel, noisefree or reconstruction (default: grandmodel, with best reconstruction).")
    private Source source;

    @Option(
            names = "--borders",
            paramLabel = "RULE",
            description =
                    "Particles near a border: skip leaves them out, pad lets them count (defaults in this order).")
    private Borders borders;

    @Option(
            names = "--split",
            paramLabel = "BY",
            completionCandidates = Splits.class,
            description =
                    "Validate on a fifth of the particles or on whole tomograms: particle or tomogram (defaults in"
                            + " this order).")
    private SplitBy splitBy;

    @Option(
            names = "--train-tomograms",
            paramLabel = "NAME,...",
            split = ",",
            hideParamSyntax = true,
            description = "Default: the rest.")
    private List<String> trainTomograms;

    @Option(
            names = "--val-tomograms",
            paramLabel = "NAME,...",
            split = ",",
            hideParamSyntax = true,
            description = "With --split tomogram (default: the last but one).")
    private List<String> validationTomograms;

    @Option(
            names = "--test-tomograms",
            paramLabel = "NAME,...",
            split = ",",
            hideParamSyntax = true,
            description = "Default: the last.")
    private List<String> testTomograms;

    @Option(
            names = "--train-share",
            paramLabel = "S",
            description = "Share of the training particles that trains, of each class the same, chosen by the seed; a"
                    + " smaller share is a part of a larger one (default: 1, all).")
    private Double trainShare;

    @Option(
            names = "--order",
            paramLabel = "FILE",
            description = "JSON that lists samples and batches one by one; see docs/training.md.")
    private Path order;

    @Option(
            names = "--dump-particles",
            paramLabel = "N",
            defaultValue = "0",
            description = "Write slices, images and labels of the first N particles to RUN/particles.safetensors.")
    private int dumpParticles;

    @Option(
            names = "--tensorboard",
            description =
                    "Also write losses, accuracies, learning rates and speed for TensorBoard, to RUN/tensorboard.")
    private boolean tensorboard;

    @Option(
            names = "--calibrate-tta",
            description =
                    "When the training is complete, or with --resume on a complete one: calibrate means over mirrorings"
                            + " too, on up to 500 validation particles answered eight times, as classify and evaluate need it for"
                            + " --reject with --tta.")
    private boolean calibrateTta;

    @Mixin
    private VolumeOptions volumes;

    @Option(
            names = "--rescale",
            paramLabel = "A",
            description =
                    "For a list of one's own: voxel in Angstrom that tomograms are rescaled to (default: that of the"
                            + " first one whose size is known).")
    private Double rescale;

    @Option(names = "--seed", paramLabel = "N", description = "Seed of all that is random (default: 42).")
    private Long seed;

    @Mixin
    private DeviceOption device;

    @Override
    int run(Progress progress) {
        Path checkpoint = CheckpointName.locate(init);
        TrainOptions options = usage(() -> options(checkpoint).check());
        TrainResult result;
        try (StopSignal stop = new StopSignal();
                Backend backend = device.open()) {
            result = Trainer.run(options, new TrainContext(backend, progress, this::say, stop, recompute, frozenCache));
            progress.finish();
            report(result);
        }
        return 0;
    }

    private void report(TrainResult result) {
        if (result.end() == TrainResult.End.STOPPED) {
            out().println("Stopped after step " + result.steps() + "; continue with: cryonext train " + data + " --out "
                    + out + " --resume");
            return;
        }
        if (result.end() == TrainResult.End.EARLY_STOP) {
            out().println("Stopped early: the validation accuracy had not improved for "
                    + result.run().settings().hyperparameters().patience() + " epochs");
        }
        out().println(String.format(
                Locale.ROOT,
                "Best is epoch %d (epochs count from 0) with a validation accuracy of %.2f %%, in %s",
                result.bestEpoch(),
                100 * result.bestAccuracy(),
                result.run().best()));
    }

    private TrainOptions options(Path checkpoint) {
        TrainOptions options = new TrainOptions(data, out);
        options.resume = resume;
        options.dumpParticles = dumpParticles;
        options.tensorboard = tensorboard;
        options.calibrateTta = calibrateTta;
        options.recipe = recipe;
        options.init = checkpoint;
        options.order = order;
        options.variant = variant;
        options.size = size;
        options.depths = depths;
        options.dims = dims;
        options.patch = patch;
        options.imageSize = imageSize;
        options.epochs = epochs;
        options.batch = batch;
        options.headRate = headRate;
        options.backboneRate = backboneRate;
        options.weightDecay = weightDecay;
        options.warmupEpochs = warmupEpochs;
        options.schedule = schedule;
        options.dropPath = dropPath;
        options.labelSmoothing = labelSmoothing;
        options.clipNorm = clipNorm;
        options.ema = ema;
        options.classWeights = classWeights == null ? null : classWeights == ClassWeighting.INVERSE;
        options.unfreeze = unfreeze == null
                ? null
                : unfreeze.stream().collect(Collectors.toMap(StageEpoch::stage, StageEpoch::epoch, (a, b) -> b));
        if (augment != null) {
            List<String> cube = new ArrayList<>(augment);
            options.augment = cube.removeIf("views"::equals);
            if (cube.removeIf("none"::equals) && augment.size() > 1) {
                throw new InputException("--augment is " + String.join(",", augment)
                        + ", expected none alone, or the words of what is varied");
            }
            options.augmentation = Augmentation.parse(cube);
        }
        options.sampling = sampling;
        options.mixup = mixup;
        options.focal = focal;
        options.layerDecay = layerDecay;
        options.patience = patience;
        options.frozenF16 = frozenF16;
        options.views = views == null
                ? null
                : views.stream().flatMap(text -> View.parse(text).stream()).toList();
        options.channels = channels == null ? null : channels.channels();
        options.colours = channels == null ? null : channels.colours();
        options.fusion = fusion;
        options.profile = profile;
        options.profileDropout = profileDropout;
        options.source = source;
        options.borders = borders;
        options.splitBy = splitBy;
        options.trainTomograms = trainTomograms;
        options.validationTomograms = validationTomograms;
        options.testTomograms = testTomograms;
        options.trainShare = trainShare;
        options.seed = seed;
        options.volumes = volumes.volumes;
        options.voxelSize = volumes.voxelSize;
        options.rescale = rescale;
        options.invert = volumes.invert;
        options.binning = volumes.binning;
        return options;
    }
}
