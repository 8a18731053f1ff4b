package org.cryonext.cryoet.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.cryonext.cryoet.run.ShellWord;
import org.cryonext.cryoet.triplet.Augmentation;
import org.cryonext.cryoet.triplet.View;

/** The command that begins a training with the same options, wherever they came from. */
final class TrainingCommand {
    private final List<String> words = new ArrayList<>();

    private TrainingCommand() {}

    static String of(TrainOptions options) {
        TrainingCommand command = new TrainingCommand();
        command.words.addAll(List.of("./cryonext", "train"));
        command.words.add(ShellWord.quoted(options.data.toString()));
        command.add("--volumes", options.volumes);
        command.add("--voxel-size", options.voxelSize);
        command.add("--rescale", options.rescale);
        command.add("--binning", options.binning);
        if (options.invert) {
            command.words.add("--invert");
        }
        command.add("--out", options.out);
        command.add("--recipe", options.recipe());
        command.add("--init", options.init);
        command.add("--order", options.order);
        command.add("--variant", options.variant);
        command.add("--size", options.size);
        command.add("--depths", options.depths);
        command.add("--dims", options.dims);
        command.add("--patch", options.patch);
        command.add("--image-size", options.imageSize);
        command.add("--epochs", options.epochs);
        command.add("--batch", options.batch);
        command.add("--lr-head", options.headRate);
        command.add("--lr-backbone", options.backboneRate);
        command.add("--weight-decay", options.weightDecay);
        command.add("--warmup-epochs", options.warmupEpochs);
        command.add("--schedule", options.schedule);
        command.add("--drop-path", options.dropPath);
        command.add("--label-smoothing", options.labelSmoothing);
        command.add("--clip-norm", options.clipNorm);
        command.add("--ema", options.ema);
        command.add("--class-weights", options.classWeights == null ? null : options.classWeights ? "inverse" : "none");
        command.add(
                "--unfreeze-epoch",
                options.unfreeze == null
                        ? null
                        : new TreeMap<>(options.unfreeze)
                                .entrySet().stream()
                                        .map(entry -> entry.getKey() + "=" + entry.getValue())
                                        .toList());
        if (options.augment != null || options.augmentation != null) {
            command.add("--augment", augment(options.augment, options.augmentation));
        }
        command.add("--sampling", options.sampling);
        command.add("--mixup", options.mixup);
        command.add("--focal", options.focal);
        command.add("--layer-decay", options.layerDecay);
        command.add("--patience", options.patience);
        if (Boolean.TRUE.equals(options.frozenF16)) {
            command.words.add("--frozen-f16");
        }
        if (options.calibrateTta) {
            command.words.add("--calibrate-tta");
        }
        command.add("--views", options.views == null ? null : View.texts(options.views));
        command.add(
                "--channels",
                options.channels == null || options.colours == null
                        ? options.channels
                        : text(options.channels) + ":" + options.colours);
        command.add("--fusion", options.fusion);
        if (options.profile != null) {
            command.words.add(options.profile ? "--profile" : "--no-profile");
        }
        command.add("--profile-dropout", options.profileDropout);
        command.add("--source", options.source);
        command.add("--borders", options.borders);
        command.add("--split", options.splitBy);
        command.add("--train-tomograms", options.trainTomograms);
        command.add("--val-tomograms", options.validationTomograms);
        command.add("--test-tomograms", options.testTomograms);
        command.add("--train-share", options.trainShare);
        command.add("--seed", options.seed);
        return String.join(" ", command.words);
    }

    /** The words of {@code --augment}. */
    static String augment(Boolean views, Augmentation cube) {
        List<String> words = new ArrayList<>();
        if (views != null && views) {
            words.add("views");
        }
        if (cube != null) {
            words.addAll(cube.words());
        }
        return words.isEmpty() ? "none" : String.join(",", words);
    }

    private void add(String option, Object value) {
        if (value != null) {
            words.add(option);
            words.add(ShellWord.quoted(text(value)));
        }
    }

    private static String text(Object value) {
        return switch (value) {
            case Enum<?> word -> word.name().toLowerCase(Locale.ROOT);
            case List<?> list -> list.stream().map(TrainingCommand::text).collect(Collectors.joining(","));
            default -> value.toString();
        };
    }
}
