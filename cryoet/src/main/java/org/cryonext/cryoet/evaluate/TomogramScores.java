package org.cryonext.cryoet.evaluate;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.cryonext.cryoet.dataset.LabelledTomogram;
import org.cryonext.cryoet.dataset.Source;
import org.cryonext.cryoet.metrics.CalibrationError;
import org.cryonext.cryoet.metrics.Prediction;
import org.cryonext.cryoet.network.Mirrors;
import org.cryonext.cryoet.network.ProfileSource;
import org.cryonext.cryoet.network.Score;
import org.cryonext.cryoet.network.Scorer;
import org.cryonext.cryoet.particle.ClassNames;
import org.cryonext.cryoet.particle.Particle;
import org.cryonext.cryoet.triplet.Borders;
import org.cryonext.cryoet.triplet.SliceCutter;
import org.cryonext.cryoet.volume.Volume;
import org.cryonext.engine.io.Progress;

/**
 * Scores the particles of a data set's tomograms.
 *
 * @param scorer the network
 * @param source which volume the slices are cut from
 * @param borders which particles count
 * @param mirrors of each particle's cube over whose answers the mean is taken
 * @param uncalibrated is given the particles as they are without the run's temperature
 */
public record TomogramScores(
        Scorer scorer, Source source, Borders borders, Mirrors mirrors, CalibrationError uncalibrated) {
    /**
     * Scores a tomogram.
     *
     * @param chosen which of its particles are wanted
     * @param progress is advanced by each batch's particles
     * @return in the order of the list, without those that do not count
     */
    public List<Prediction> of(LabelledTomogram tomogram, Predicate<Particle> chosen, Progress progress) {
        return of(tomogram, chosen, any -> {}, progress);
    }

    /**
     * As {@link #of(LabelledTomogram, Predicate, Progress)}.
     *
     * @param toFeatures is given the features of each particle that counts, in their order, where the network was opened
     *     with features
     */
    List<Prediction> of(
            LabelledTomogram tomogram, Predicate<Particle> chosen, Consumer<float[]> toFeatures, Progress progress) {
        ClassNames classes = new ClassNames(scorer.classes());
        try (Volume volume = tomogram.open(source)) {
            SliceCutter cutter = cutter(volume, tomogram);
            List<Particle> particles = tomogram.particles().particles().stream()
                    .filter(chosen)
                    .filter(cutter::accepts)
                    .toList();
            int[] truth = particles.stream().mapToInt(classes::id).toArray();
            List<Score> scores = scorer.score(
                    particles.size(),
                    mirrors,
                    (index, axes, out, at) -> cutter.cutMirrored(particles.get(index), axes, out, at),
                    ProfileSource.of(scorer.input(), volume, tomogram.placement(source), particles),
                    toFeatures,
                    progress);
            List<Prediction> predictions = new ArrayList<>(particles.size());
            for (int i = 0; i < truth.length; i++) {
                Particle particle = particles.get(i);
                Score plain = Score.of(scores.get(i).logits(), scorer.input().fusion(), 1);
                uncalibrated.add(plain.probabilities()[plain.predicted()], plain.predicted() == truth[i]);
                predictions.add(new Prediction(
                        tomogram.name(),
                        particle.x(),
                        particle.y(),
                        particle.z(),
                        particle.line(),
                        truth[i],
                        scores.get(i).predicted(),
                        scores.get(i).probabilities()));
            }
            return predictions;
        }
    }

    private SliceCutter cutter(Volume volume, LabelledTomogram tomogram) {
        return scorer.input().cutter(volume, tomogram.placement(source), borders);
    }
}
