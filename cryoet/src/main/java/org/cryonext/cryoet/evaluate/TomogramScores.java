package org.cryonext.cryoet.evaluate;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.cryonext.cryoet.dataset.LabelledTomogram;
import org.cryonext.cryoet.dataset.Source;
import org.cryonext.cryoet.metrics.Prediction;
import org.cryonext.cryoet.network.Mirrors;
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
 */
public record TomogramScores(Scorer scorer, Source source, Borders borders, Mirrors mirrors) {
    /**
     * A particle's answer.
     *
     * @param prediction with the run's temperature
     * @param uncalibrated the probability of the class that is predicted without it
     * @param right whether that is the true class
     * @param energy the higher, the less the particle is like any of the classes, see {@link Score#energy}
     * @param features those that the classifier answers from; null where the network was opened without
     */
    public record Answer(Prediction prediction, double uncalibrated, boolean right, double energy, float[] features) {}

    /**
     * Scores a tomogram.
     *
     * @param chosen which of its particles are wanted
     * @param progress is advanced by each batch's particles
     * @return in the order of the list, without those that do not count
     */
    public List<Answer> of(LabelledTomogram tomogram, Predicate<Particle> chosen, Progress progress) {
        ClassNames classes = new ClassNames(scorer.classes());
        try (Volume volume = tomogram.open(source)) {
            SliceCutter cutter = cutter(volume, tomogram);
            List<Particle> particles = tomogram.particles().particles().stream()
                    .filter(chosen)
                    .filter(cutter::accepts)
                    .toList();
            int[] truth = particles.stream().mapToInt(classes::id).toArray();
            List<float[]> features = new ArrayList<>();
            List<Score> scores = scorer.score(cutter, particles, mirrors, features::add, progress);
            List<Answer> answers = new ArrayList<>(particles.size());
            for (int i = 0; i < truth.length; i++) {
                Particle particle = particles.get(i);
                Score plain = Score.of(scores.get(i).logits(), scorer.input().fusion(), 1);
                Prediction prediction = new Prediction(
                        tomogram.name(),
                        particle.x(),
                        particle.y(),
                        particle.z(),
                        particle.line(),
                        truth[i],
                        scores.get(i).predicted(),
                        scores.get(i).probabilities());
                answers.add(new Answer(
                        prediction,
                        plain.probabilities()[plain.predicted()],
                        plain.predicted() == truth[i],
                        scores.get(i).energy(),
                        features.isEmpty() ? null : features.get(i)));
            }
            return answers;
        }
    }

    private SliceCutter cutter(Volume volume, LabelledTomogram tomogram) {
        return scorer.input().cutter(volume, tomogram.placement(source), borders);
    }
}
