package org.cryonext.cryoet.train;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.cryonext.cryoet.dataset.DataPlace;
import org.cryonext.cryoet.dataset.Source;
import org.cryonext.cryoet.run.Channels;
import org.cryonext.cryoet.run.Fusion;
import org.cryonext.cryoet.run.Recipe;
import org.cryonext.cryoet.run.Sampling;
import org.cryonext.cryoet.run.SplitBy;
import org.cryonext.cryoet.triplet.Augmentation;
import org.cryonext.cryoet.triplet.Borders;
import org.cryonext.cryoet.triplet.View;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.optim.Schedule;
import org.cryonext.models.convnext.ConvNextConfig;
import org.cryonext.models.convnext.Size;
import org.cryonext.models.convnext.Version;

/**
 * What was asked of a training, option by option. A field that is null was not given: the recipe's value holds. The
 * names are those of the command line; {@link Presets} has the recipes.
 */
public final class TrainOptions {
    private static final int MOST_FOCAL = 10;

    /** The data set's folder. */
    public final Path data;

    /** The run's folder, which must not exist yet, unless {@link #resume}. */
    public final Path out;

    /** Continue the run in {@link #out} by its own settings. */
    public boolean resume;

    /** Whether means over mirrorings are calibrated when the training is complete, or of a complete one. */
    public boolean calibrateTta;

    /** Particles whose slices and images are written to the run's folder; 0 for none. */
    public int dumpParticles;

    /** Whether TensorBoard gets the run's figures; a run that has them goes on with them. */
    public boolean tensorboard;

    /** The set of defaults; null for {@link #recipe()}'s choice. */
    public Recipe recipe;

    /** Checkpoint that gives architecture and initial weights. */
    public Path init;

    /** File that fixes samples and batches. */
    public Path order;

    public Version variant;
    public Size size;
    public List<Integer> depths;
    public List<Integer> dims;

    /** Edge of the stem's patches in pixels. */
    public Integer patch;

    public Integer imageSize;
    public Integer epochs;
    public Integer batch;
    public Double headRate;
    public Double backboneRate;
    public Double weightDecay;
    public Double warmupEpochs;
    public Schedule.Kind schedule;
    public Double dropPath;
    public Double labelSmoothing;
    public Double clipNorm;
    public Double ema;

    /** Whether classes are weighed by the inverse of their frequency. */
    public Boolean classWeights;

    /** Epoch from which a stage, 0 to 3, trains. */
    public Map<Integer, Integer> unfreeze;

    /** Whether training views are flipped and turned, each image by itself. */
    public Boolean augment;

    /** How the cube around a training particle is varied; {@link Augmentation#NONE} for not at all. */
    public Augmentation augmentation;

    public Sampling sampling;
    public Double mixup;
    public Double focal;
    public Double layerDecay;
    public Integer patience;
    public Fusion fusion;
    public Source source;
    public Borders borders;
    public List<View> views;
    public Channels channels;

    /** Views that are the channels of an image, with {@link Channels#VIEWS}. */
    public Integer colours;

    /** Whether the radial profile stands beside the features. */
    public Boolean profile;

    /** Probability that training withholds a number of the profile. */
    public Double profileDropout;

    public SplitBy splitBy;
    public List<String> trainTomograms;
    public List<String> validationTomograms;
    public List<String> testTomograms;

    /** Share of the training particles of each class that trains. */
    public Double trainShare;

    public Long seed;

    /** Whether the results of what is frozen are kept in half precision. */
    public Boolean frozenF16;

    /** Of a list of one's own: folder of its tomograms, or the only one. */
    public Path volumes;
    /** Of a list of one's own: voxel of its tomograms in Angstrom. */
    public Double voxelSize;
    /** Of a list of one's own: voxel in Angstrom that its tomograms are rescaled to. */
    public Double rescale;
    /** Of a list of one's own: whether the sign of all values is turned. */
    public boolean invert;
    /** Of a list of one's own: what its coordinates are divided by. */
    public Double binning;

    /**
     * @param data the data set's folder, or a particle list of one's own
     * @param out the run's folder
     */
    public TrainOptions(Path data, Path out) {
        this.data = data;
        this.out = out;
    }

    /**
     * Checks all that can be checked without reading a file.
     *
     * @return this
     * @throws InputException naming the option, what was found and what was expected
     */
    public TrainOptions check() {
        // Data that are not there have no kind to choose a recipe by, and are refused where they are opened.
        if (!resume && recipe() == Recipe.PAPER && init == null && (recipe != null || Files.exists(data))) {
            throw new InputException(
                    "The recipe paper fine-tunes a trained network: give its checkpoint with --init (for"
                            + " instance convnext-tiny, once cryonext fetch convnext-tiny has brought it), or train from"
                            + " random weights with --recipe scratch, or with --recipe best on reconstructions");
        }
        if (init != null && (variant != null || size != null || depths != null || dims != null || patch != null)) {
            throw new InputException(
                    "--variant, --size, --depths, --dims and --patch shape a network with random weights; with"
                            + " --init the checkpoint's own shape holds: leave them out");
        }
        // Made to refuse voxel sizes that are none.
        place();
        fourNumbers("--depths", depths);
        fourNumbers("--dims", dims);
        if ((depths == null) != (dims == null) || size != null && depths != null) {
            throw new InputException("Give either --size, or --depths and --dims together");
        }
        if (validationTomograms != null && splitBy == SplitBy.PARTICLE) {
            throw new InputException("--val-tomograms goes with --split tomogram only: by particle, validation takes a"
                    + " fifth of the training tomograms' particles");
        }
        Set<String> named = new HashSet<>();
        eachOnce("--train-tomograms", trainTomograms, named);
        eachOnce("--val-tomograms", validationTomograms, named);
        eachOnce("--test-tomograms", testTomograms, named);
        if (trainShare != null && !(trainShare > 0 && trainShare <= 1)) {
            throw new InputException("--train-share is " + trainShare + ", expected a number above 0, to 1 for all");
        }
        if (trainShare != null && order != null) {
            throw new InputException(
                    "--train-share is given with --order, which lists the samples that train one by one;"
                            + " leave one of them out");
        }
        atLeast("--epochs", epochs, 1);
        atLeast("--batch", batch, 1);
        atLeast("--patch", patch, 1);
        if (profileDropout != null && !Boolean.TRUE.equals(profile)) {
            throw new InputException("--profile-dropout is for a network with --profile; give both or neither");
        }
        within("--profile-dropout", profileDropout, Math.nextDown(1.0));
        // A checkpoint has a patch size of its own.
        atLeast("--image-size", imageSize, init == null ? new Presets(this).smallestImage() : 1);
        atLeast("--channels views:", colours, 1);
        atLeast("--patience", patience, 0);
        atLeast("--dump-particles", dumpParticles, 0);
        within("--lr-head", headRate, Double.MAX_VALUE);
        within("--lr-backbone", backboneRate, Double.MAX_VALUE);
        within("--weight-decay", weightDecay, Double.MAX_VALUE);
        within("--warmup-epochs", warmupEpochs, Double.MAX_VALUE);
        within("--clip-norm", clipNorm, Double.MAX_VALUE);
        within("--label-smoothing", labelSmoothing, 1);
        within("--drop-path", dropPath, Math.nextDown(1.0));
        within("--ema", ema, Math.nextDown(1.0));
        within("--mixup", mixup, MixUp.MOST);
        if (mixup != null && mixup > 0 && mixup < MixUp.LEAST) {
            throw new InputException("--mixup is " + mixup + ", expected 0 for none, or a number from " + MixUp.LEAST
                    + " to " + (int) MixUp.MOST);
        }
        within("--layer-decay", layerDecay, 1);
        if (layerDecay != null && layerDecay == 0) {
            throw new InputException("--layer-decay is 0, expected a number above 0, to 1 for no decay");
        }
        if (focal != null && focal != 0 && !(focal >= 1 && focal <= MOST_FOCAL)) {
            throw new InputException("--focal is " + focal + ", expected 0, or a number from 1 to " + MOST_FOCAL);
        }
        if (unfreeze != null) {
            unfreeze.forEach((stage, epoch) -> {
                if (stage < 0 || stage > 3 || epoch < 0) {
                    throw new InputException("--unfreeze-epoch has " + stage + "=" + epoch
                            + ", expected a stage from 0 to 3 and an epoch from 0 on, for instance 3=5");
                }
            });
        }
        return this;
    }

    /**
     * The set of defaults: what was asked for, else best where random weights train on reconstructions (those of a list of
     * one's own are), else paper.
     */
    public Recipe recipe() {
        if (recipe != null) {
            return recipe;
        }
        boolean reconstructions = source == Source.RECONSTRUCTION || source == null && Files.isRegularFile(data);
        return init == null && reconstructions ? Recipe.BEST : Recipe.PAPER;
    }

    /** The data set. */
    DataPlace place() {
        return new DataPlace(
                Presets.absolute(data),
                Presets.absolute(volumes),
                DataPlace.given("--voxel-size", voxelSize),
                DataPlace.given("--rescale", rescale),
                invert,
                binning);
    }

    private static void eachOnce(String option, List<String> tomograms, Set<String> named) {
        for (String name : tomograms == null ? List.<String>of() : tomograms) {
            if (!named.add(name)) {
                throw new InputException(option + ": " + name
                        + " is named twice; a tomogram either trains, validates or tests: name it once");
            }
        }
    }

    private static void fourNumbers(String option, List<Integer> values) {
        if (values != null
                && (values.size() != ConvNextConfig.STAGES
                        || values.stream().anyMatch(value -> value < 1 || value > ConvNextConfig.MOST_CHANNELS))) {
            throw new InputException(option + " is "
                    + String.join(",", values.stream().map(String::valueOf).toList()) + ", expected "
                    + ConvNextConfig.STAGES + " numbers from 1 to " + ConvNextConfig.MOST_CHANNELS
                    + ", one a stage, for instance "
                    + (option.equals("--dims") ? "40,80,160,320" : "2,2,6,2"));
        }
    }

    private static void atLeast(String option, Integer value, int least) {
        if (value != null && value < least) {
            throw new InputException(option + " is " + value + ", expected at least " + least);
        }
    }

    private static void within(String option, Double value, double most) {
        if (value != null && !(value >= 0 && value <= most)) {
            throw new InputException(option + " is " + value + ", expected a number from 0 "
                    + (most < 1 ? "on and below 1" : most < Double.MAX_VALUE ? "to " + (int) most : "on"));
        }
    }
}
