package org.cryonext.cryoet.train;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.cryonext.cryoet.dataset.DataPlace;
import org.cryonext.cryoet.run.Channels;
import org.cryonext.cryoet.run.Hyperparameters;
import org.cryonext.cryoet.run.ProfileInput;
import org.cryonext.cryoet.run.RunFolder;
import org.cryonext.cryoet.run.RunSettings;
import org.cryonext.cryoet.triplet.Augmentation;
import org.cryonext.engine.io.InputException;
import org.cryonext.models.convnext.ConvNextConfig;
import org.cryonext.models.convnext.Part;

/** A resumed run keeps its settings: an option that is given again must say what the run was begun with. */
final class ResumeCheck {
    private final RunFolder folder;

    private ResumeCheck(RunFolder folder) {
        this.folder = folder;
    }

    static void require(TrainOptions options, RunSettings settings, RunFolder folder) {
        ResumeCheck check = new ResumeCheck(folder);
        check.sameData(options, settings);
        Hyperparameters numbers = settings.hyperparameters();
        check.same("--epochs", options.epochs, numbers.epochs());
        check.same("--batch", options.batch, numbers.batch());
        check.same("--lr-head", options.headRate, numbers.headRate());
        check.same("--lr-backbone", options.backboneRate, numbers.backboneRate());
        check.same("--weight-decay", options.weightDecay, numbers.weightDecay());
        check.same("--warmup-epochs", options.warmupEpochs, numbers.warmupEpochs());
        check.same("--schedule", options.schedule, numbers.schedule());
        check.same("--drop-path", options.dropPath, numbers.dropPath());
        check.same("--label-smoothing", options.labelSmoothing, numbers.labelSmoothing());
        check.same("--clip-norm", options.clipNorm, numbers.clipNorm());
        check.same("--ema", options.ema, numbers.ema());
        check.same("--augment", words(options.augment, options.augmentation), words(numbers));
        check.same("--sampling", options.sampling, numbers.sampling());
        check.same("--mixup", options.mixup, numbers.mixup());
        check.same("--focal", options.focal, numbers.focal());
        check.same("--layer-decay", options.layerDecay, numbers.layerDecay());
        check.same("--frozen-f16", options.frozenF16, numbers.frozenF16());
        check.same("--patience", options.patience, numbers.patience());
        check.same("--seed", options.seed, numbers.seed());
        check.same("--init", Presets.absolute(options.init), numbers.init());
        check.same(
                "--order", Presets.absolute(options.order), settings.division().order());
        check.same("--image-size", options.imageSize, settings.input().imageSize());
        check.same("--source", options.source, settings.input().source());
        check.same(
                "--borders",
                options.order == null ? options.borders : null,
                settings.input().borders());
        check.same("--fusion", options.fusion, settings.input().fusion());
        check.same("--views", options.views, settings.input().views());
        check.same(
                "--channels",
                channels(options.channels, options.colours),
                channels(settings.input().channels(), settings.input().colours()));
        ProfileInput profile = settings.input().profile();
        check.same("--profile", options.profile, profile != null);
        check.same("--profile-dropout", options.profileDropout, profile == null ? null : profile.dropout());
        check.same(
                "--split",
                options.order == null ? options.splitBy : null,
                settings.division().splitBy());
        check.same(
                "--train-tomograms", options.trainTomograms, settings.division().train());
        check.same(
                "--val-tomograms",
                options.validationTomograms,
                settings.division().validation());
        check.same(
                "--test-tomograms", options.testTomograms, settings.division().test());
        check.same("--train-share", options.trainShare, settings.division().trainShare());
        if (options.unfreeze != null) {
            Map<Part, Integer> given = options.unfreeze.entrySet().stream()
                    .collect(Collectors.toMap(entry -> Part.stage(entry.getKey()), Map.Entry::getValue));
            given.put(Part.HEAD, 0);
            check.same("--unfreeze-epoch", given, numbers.unfreeze());
        }
    }

    /** Compares what shapes a network with random weights with the run's network. */
    static void require(TrainOptions options, ConvNextConfig network, RunFolder folder) {
        ResumeCheck check = new ResumeCheck(folder);
        check.same("--variant", options.variant, network.version());
        check.same("--depths", options.depths, network.depths());
        check.same("--dims", options.dims, network.dims());
        check.same("--patch", options.patch, network.patchSize());
        if (options.size != null
                && !(network.depths().equals(options.size.depths())
                        && network.dims().equals(options.size.dims()))) {
            check.same("--size", options.size, "--depths " + network.depths() + " --dims " + network.dims());
        }
    }

    /** As the command line has them; null where nothing was given. */
    private static String channels(Channels channels, Integer colours) {
        return channels != Channels.VIEWS
                ? channels == null ? null : "grey"
                : "views:" + (colours == null ? ConvNextConfig.COLOURS : colours);
    }

    private static String words(Hyperparameters numbers) {
        Augmentation cube = numbers.augmentation();
        return words(numbers.augment(), cube == null ? Augmentation.NONE : cube);
    }

    /** As the command line has them; null where nothing was given. */
    private static String words(Boolean views, Augmentation cube) {
        return views == null && cube == null ? null : TrainingCommand.augment(views, cube);
    }

    /** The run goes on with its own data, taken as they were; other data that were given would be left out without a word. */
    private void sameData(TrainOptions options, RunSettings settings) {
        DataPlace begun = settings.data();
        Path data = Path.of(begun.data());
        if (!real(options.data).equals(real(data))) {
            throw new InputException("DATA is " + options.data + ", but the run in " + folder.folder()
                    + " was begun with " + data + "; a resumed run keeps its data: give " + data
                    + ", or begin another run");
        }
        Path volumes = begun.volumes() == null ? data.getParent() : Path.of(begun.volumes());
        same("--volumes", options.volumes == null ? null : real(options.volumes), real(volumes));
        same("--voxel-size", options.voxelSize, begun.voxelSize() == 0 ? "the headers' sizes" : begun.voxelSize());
        same("--rescale", options.rescale, begun.wanted() == 0 ? "none" : begun.wanted());
        same("--binning", options.binning, begun.divisor());
        if (options.invert && !begun.invert()) {
            throw new InputException("--invert is given, but the run in " + folder.folder()
                    + " was begun without it; a resumed run keeps its settings: leave the option out, or begin another"
                    + " run");
        }
    }

    /** The same for all names of a place that is there. */
    private static Path real(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException e) {
            return path.toAbsolutePath().normalize();
        }
    }

    private void same(String option, Object given, Object stored) {
        if (given != null && !Objects.equals(given, stored)) {
            throw new InputException(option + " is " + given + ", but the run in " + folder.folder()
                    + " was begun with " + stored + "; a resumed run keeps its settings: leave the option out, or begin"
                    + " another run");
        }
    }
}
