package org.cryonext.cryoet.score;

import java.util.List;
import org.cryonext.cryoet.metrics.Bootstrap;
import org.cryonext.cryoet.metrics.ClassMetrics;
import org.cryonext.cryoet.metrics.ConfusionMatrix;
import org.cryonext.cryoet.metrics.Metrics;

/**
 * What a submission comes to.
 *
 * @param contest by whose rules
 * @param frame from where the z of the submission were counted
 * @param predicted particles of the submission
 * @param particles of the ground truth that count
 * @param found of these, each once
 * @param missed of these, not found; in 2021 without the vesicles, which are to be found although no hit of them counts
 * @param background predictions that hit no particle
 * @param several particles that more than one prediction hit
 * @param clipped predictions outside the tomogram, which were moved to its border
 * @param meanDistance voxels between prediction and centre: in 2019 over all hits, later over the first hit of each
 *     particle; NaN where nothing was found
 * @param confusion of the ground truth's particles: rows their class, columns the class of their first prediction; the first of
 *     both is the background, for particles that were not found
 * @param notes what the user should know, a sentence each
 */
public record ShrecScore(
        Contest contest,
        ZFrame frame,
        int predicted,
        int particles,
        int found,
        int missed,
        int background,
        int several,
        int clipped,
        double meanDistance,
        ConfusionMatrix confusion,
        List<String> notes) {

    /** Copies the list. */
    public ShrecScore {
        notes = List.copyOf(notes);
    }

    /** Unique particles found over all particles. */
    public double recall() {
        return (double) found / particles;
    }

    /** Unique particles found over all predictions: a second hit of a particle counts as a false one. */
    public double precision() {
        return (double) found / predicted;
    }

    /** Particles that are to be found although no hit of them counts: 2021's vesicles. */
    public int uncounted() {
        return particles - found - missed;
    }

    /** 1 less the recall, or in 2019 and 2020 the particles not found over all: the same. */
    public double missRate() {
        return 1 - recall();
    }

    /** Harmonic mean of precision and recall; 0 where nothing was found. */
    public double f1() {
        return found == 0 ? 0 : 2 / (1 / recall() + 1 / precision());
    }

    /** Precision, recall and F1 of each class that the ground truth has, in the order of the contest's ids. */
    public List<ClassMetrics> perClass() {
        return Metrics.of(confusion, new Bootstrap(1, 0)).perClass().stream()
                .filter(metrics -> metrics.support() > 0)
                .toList();
    }

    /** Mean F1 of the classes that the ground truth has; the contests' figure for locating and classifying. */
    public double macroF1() {
        return perClass().stream()
                .mapToDouble(metrics -> metrics.f1().value())
                .average()
                .orElse(0);
    }
}
