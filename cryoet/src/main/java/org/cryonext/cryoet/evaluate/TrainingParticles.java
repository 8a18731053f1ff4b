package org.cryonext.cryoet.evaluate;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
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
     * Looks for them.
     *
     * @param given a data set that may have them; else the folder that the run was trained on is looked at
     * @return empty where neither has all of the run's tomograms
     * @throws org.cryonext.engine.io.InputException where the folder that the run was trained on is there and damaged
     */
    public static Optional<TrainingParticles> find(RunFolder folder, Optional<Dataset> given) {
        RunSettings run = folder.settings();
        Optional<Dataset> found = given.filter(dataset -> hasTraining(run, dataset));
        if (found.isEmpty() && Files.exists(Path.of(run.division().data()))) {
            found = Optional.of(Dataset.open(run.data())).filter(dataset -> hasTraining(run, dataset));
        }
        return found.map(
                dataset -> new TrainingParticles(dataset, run.input().source(), RunSamples.of(folder, dataset)));
    }

    private static boolean hasTraining(RunSettings run, Dataset dataset) {
        Set<String> needed = new LinkedHashSet<>(run.division().train());
        needed.addAll(run.division().validation());
        return dataset.names().containsAll(needed);
    }

    /** What classifiers beside the network are trained on. */
    public Baselines.Training forBaselines() {
        return new Baselines.Training(dataset, source, samples.training());
    }
}
