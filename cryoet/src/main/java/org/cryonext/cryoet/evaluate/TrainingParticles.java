package org.cryonext.cryoet.evaluate;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.cryonext.cryoet.baseline.Baselines;
import org.cryonext.cryoet.dataset.Dataset;
import org.cryonext.cryoet.dataset.Source;
import org.cryonext.cryoet.run.RunFolder;
import org.cryonext.cryoet.run.RunSettings;
import org.cryonext.cryoet.train.RunSamples;

/**
 * The particles that a run was trained on, found again.
 *
 * @param dataset where their tomograms are
 * @param source which volume the run was trained on
 * @param samples which they are
 */
public record TrainingParticles(Dataset dataset, Source source, RunSamples samples) {
    /**
     * Looks for them, by what the tomograms hold. What runs of earlier versions were trained on is told by names, and
     * therefore looked for first where it was then.
     *
     * @param given a data set that may have them; else the folder that the run was trained on is looked at
     * @return empty where neither has all of the run's tomograms
     * @throws org.cryonext.engine.io.InputException where the folder that the run was trained on is there and damaged
     */
    public static Optional<TrainingParticles> find(RunFolder folder, Optional<Dataset> given) {
        RunSettings run = folder.settings();
        Optional<Dataset> there = given.filter(dataset -> areIn(run, dataset));
        return there.filter(dataset -> !KnownTomograms.of(run, dataset).byName())
                .or(() -> inPlace(run))
                .or(() -> there)
                .map(dataset -> new TrainingParticles(dataset, run.input().source(), RunSamples.of(folder, dataset)));
    }

    /** Whether a data set has all tomograms that a run was trained and validated on. */
    public static boolean areIn(RunSettings run, Dataset dataset) {
        return KnownTomograms.of(run, dataset).hasTraining();
    }

    private static Optional<Dataset> inPlace(RunSettings run) {
        return Files.exists(Path.of(run.division().data()))
                ? Optional.of(Dataset.open(run.data())).filter(dataset -> areIn(run, dataset))
                : Optional.empty();
    }

    /** What classifiers beside the network are trained on. */
    public Baselines.Training forBaselines() {
        return new Baselines.Training(dataset, source, samples.training());
    }
}
