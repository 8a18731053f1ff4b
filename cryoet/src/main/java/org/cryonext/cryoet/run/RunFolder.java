package org.cryonext.cryoet.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;
import org.cryonext.engine.io.AtomicFile;
import org.cryonext.engine.io.InputException;
import org.cryonext.engine.io.InputFile;
import org.cryonext.engine.io.Progress;
import org.cryonext.models.checkpoint.Checkpoint;
import org.cryonext.models.checkpoint.CheckpointReader;
import org.cryonext.models.convnext.ConvNextConfig;
import org.cryonext.models.convnext.HeadInput;

/**
 * The folder of a training run: its settings, its figures and its checkpoints.
 *
 * @param folder where it is
 */
public record RunFolder(Path folder) {

    /**
     * Opens the folder of a run that was begun.
     *
     * @throws InputException if the folder is missing or is not one of a run
     */
    public static RunFolder open(Path folder) {
        RunFolder run = new RunFolder(folder);
        if (!Files.isDirectory(folder)) {
            throw new InputException(folder + (Files.exists(folder) ? " is a file" : ": no such folder")
                    + "; give the folder of a run, which cryonext train made with --out");
        }
        if (!Files.isRegularFile(run.settingsFile())) {
            throw new InputException(folder + " is not the folder of a run: it has no "
                    + run.settingsFile().getFileName() + "; give the folder that cryonext train made with --out");
        }
        return run;
    }

    /**
     * Makes the folder of a new run.
     *
     * @throws InputException if there is something already, or the folder cannot be written
     */
    public static RunFolder create(Path folder, RunSettings settings) {
        RunFolder run = new RunFolder(folder);
        run.requireUnused();
        RunJson.write(run.settingsFile(), settings);
        return run;
    }

    /**
     * Checks that a new run may be begun here.
     *
     * @throws InputException if there is something already
     */
    public void requireUnused() {
        if (Files.exists(settingsFile())) {
            throw new InputException(folder + " holds a run already; continue it with --resume, choose another folder"
                    + " with --out, or delete it");
        }
        if (Files.exists(folder) && !isEmptyFolder()) {
            throw new InputException(folder + " exists and is not an empty folder; choose another with --out");
        }
    }

    private boolean isEmptyFolder() {
        try (Stream<Path> entries = Files.isDirectory(folder) ? Files.list(folder) : Stream.of(folder)) {
            return entries.findAny().isEmpty();
        } catch (IOException e) {
            throw new InputException("Cannot read " + folder + ": " + InputFile.reason(e), e);
        }
    }

    /**
     * Deletes the folder with all that is in it.
     *
     * @throws InputException if something in it cannot be deleted
     */
    public void delete() {
        try (Stream<Path> entries = Files.walk(folder)) {
            for (Path entry : entries.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(entry);
            }
        } catch (IOException e) {
            throw new InputException("Cannot delete " + folder + ": " + AtomicFile.reason(folder, e), e);
        }
    }

    /** What the run is; {@code run.json}. */
    public Path settingsFile() {
        return folder.resolve("run.json");
    }

    /** One line of JSON a step and an epoch; {@code metrics.jsonl}. */
    public Path metrics() {
        return folder.resolve("metrics.jsonl");
    }

    /** The same figures for TensorBoard, where they were asked for: {@code tensorboard}. */
    public Path tensorboard() {
        return folder.resolve("tensorboard");
    }

    /** The checkpoint with the best validation accuracy, in Hugging Face's layout. */
    public Path best() {
        return folder.resolve("best");
    }

    /** The newest checkpoint, in Hugging Face's layout, with what resuming needs beside it. */
    public Path newest() {
        return folder.resolve("newest");
    }

    /** Everything that resuming needs, in one file: weights, moments, averages and counters. */
    public Path state() {
        return newest().resolve("state.safetensors");
    }

    /** What the validation particles say of the best checkpoint's sureness; {@code calibration.json}. */
    public Path calibrationFile() {
        return folder.resolve("calibration.json");
    }

    /** Writes the calibration of the best checkpoint. */
    public void write(Calibration calibration) {
        RunJson.write(calibrationFile(), calibration);
    }

    /**
     * Reads the calibration of the best checkpoint.
     *
     * @return empty for runs of earlier versions and those without validation particles
     * @throws InputException if the file is damaged
     */
    public Optional<Calibration> calibration() {
        return Files.exists(calibrationFile())
                ? Optional.of(RunJson.read(calibrationFile(), Calibration.class, "the calibration of a run"))
                : Optional.empty();
    }

    /**
     * The energy above which a particle is none of the classes, by the run's validation particles.
     *
     * @param share of these that may be rejected, between 0 and 1
     * @param mirrors of each particle's cube over which the mean is taken: its energies are others than those of single answers
     * @throws InputException where the run has no calibration, or none of such a mean
     */
    public double rejectionThreshold(double share, int mirrors) {
        return calibration()
                .orElseThrow(() -> new InputException("--reject needs the energies of the run's validation particles,"
                        + " and " + calibrationFile() + " is missing: it is of an earlier version or had none;"
                        + " train again, or leave --reject out"))
                .of(mirrors)
                .orElseThrow(
                        () -> new InputException("--reject with --tta " + mirrors + " needs the energies of the run's"
                                + " validation particles under " + mirrors + " mirrorings, and " + calibrationFile()
                                + " has none; cryonext train "
                                + ShellWord.quoted(settings().division().data()) + " --out "
                                + ShellWord.quoted(folder.toString())
                                + " --resume --calibrate-tta adds them, or leave --tta or --reject out"))
                .threshold(share);
    }

    /** What its evaluations came to; {@code evaluations.json}. */
    public Path evaluationsFile() {
        return folder.resolve("evaluations.json");
    }

    /**
     * Reads what its evaluations came to.
     *
     * @throws InputException if the file is damaged
     */
    public Evaluations evaluations() {
        return Files.exists(evaluationsFile())
                ? RunJson.read(
                        evaluationsFile(),
                        Evaluations.class,
                        "the evaluations of a run",
                        "delete it: each evaluation lists its figures anew")
                : Evaluations.NONE;
    }

    /** Finds out before the work whether {@link #record} will be able to add one. */
    public void requireEvaluations() {
        evaluations();
    }

    /** Adds an evaluation, in the place of an earlier one of the same. */
    public void record(EvaluationRecord evaluation) {
        RunJson.write(evaluationsFile(), evaluations().with(evaluation));
    }

    /** Which of several kernels its device chose, where there was something to choose: {@link ChosenKernels}. */
    public Path chosenKernels() {
        return folder.resolve("kernels.json");
    }

    /** What the training samples looked like, where {@code --dump-particles} asked for it. */
    public Path particles() {
        return folder.resolve("particles.safetensors");
    }

    /** The run's own copy of its order file, where it has one. */
    public Path order() {
        return folder.resolve("order.json");
    }

    /** Files that only a running training needs; deleted at its end. */
    public Path cache() {
        return folder.resolve("cache");
    }

    /** Where an evaluation goes if nothing else is asked for. */
    public Path evaluation() {
        return folder.resolve("evaluation");
    }

    /**
     * Reads the settings.
     *
     * @throws InputException if the file is damaged or of another version
     */
    public RunSettings settings() {
        return RunJson.settings(settingsFile());
    }

    /**
     * Reads the best checkpoint.
     *
     * @throws InputException if there is none yet, or it does not belong to the settings
     */
    public Checkpoint bestCheckpoint() {
        try (CheckpointReader best = openBest()) {
            return best.read(Progress.none());
        }
    }

    /**
     * Opens the best checkpoint, whose weights are read when they are asked for.
     *
     * @throws InputException if there is none yet, or it does not belong to the settings
     */
    public CheckpointReader openBest() {
        if (!Files.exists(best().resolve(Checkpoint.WEIGHTS))) {
            throw new InputException(folder + " has no best checkpoint yet: no epoch of its training is complete; let"
                    + " cryonext train --resume finish one");
        }
        CheckpointReader reader = CheckpointReader.open(best());
        try {
            requireOwn(reader.config(), settings());
            return reader;
        } catch (RuntimeException | Error e) {
            reader.close();
            throw e;
        }
    }

    private void requireOwn(ConvNextConfig config, RunSettings settings) {
        if (!config.labels().equals(settings.classes())) {
            throw new InputException(best() + " tells apart the classes " + config.labels() + ", but " + settingsFile()
                    + " names " + settings.classes() + "; the two are of different runs");
        }
        if (!config.head().equals(settings.input().head())) {
            throw new InputException(best() + " has a classifier that reads " + words(config.head()) + ", but "
                    + settingsFile() + " says " + words(settings.input().head())
                    + "; the two are of different runs");
        }
    }

    private static String words(HeadInput head) {
        String features = switch (head.features()) {
            case IMAGE -> "the features of one image";
            case MEAN -> "the mean of the features of " + head.images() + " images";
            case CONCAT -> "the features of " + head.images() + " images together";
        };
        return head.profile() == 0 ? features : features + " and a profile of " + head.profile() + " numbers";
    }
}
