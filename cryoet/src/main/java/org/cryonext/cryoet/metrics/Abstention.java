package org.cryonext.cryoet.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How a classifier fares on particles of known classes when those that it rejects get no answer: a good rejection takes many
 * of the wrong answers and few of the right ones.
 *
 * @param share of the run's validation particles that are above the threshold
 * @param threshold the energy above which a particle is rejected
 * @param right particles whose answer is right, rejected or not
 * @param rightRejected those of them that are rejected
 * @param wrong particles whose answer is wrong, rejected or not
 * @param wrongRejected those of them that are rejected
 * @param answered figures of the particles that are not rejected; empty where all are
 */
public record Abstention(
        double share,
        double threshold,
        long right,
        long rightRejected,
        long wrong,
        long wrongRejected,
        Optional<Metrics> answered) {

    /** @throws IllegalArgumentException where more is rejected than there is, or a count is negative */
    public Abstention {
        if (rightRejected < 0 || rightRejected > right || wrongRejected < 0 || wrongRejected > wrong) {
            throw new IllegalArgumentException("rejected are " + rightRejected + " of " + right + " right answers and "
                    + wrongRejected + " of " + wrong + " wrong ones");
        }
    }

    /**
     * Measures a rejection.
     *
     * @param classes names, in the order of the class ids
     * @param predictions of particles whose class is known
     * @param rejection of the same particles, in the same order
     */
    public static Abstention of(List<String> classes, List<Prediction> predictions, Rejection rejection) {
        long right = 0;
        long rightRejected = 0;
        long wrongRejected = 0;
        List<Prediction> answered = new ArrayList<>();
        for (int i = 0; i < predictions.size(); i++) {
            boolean correct = predictions.get(i).correct();
            right += correct ? 1 : 0;
            if (!rejection.rejects(i)) {
                answered.add(predictions.get(i));
            } else if (correct) {
                rightRejected++;
            } else {
                wrongRejected++;
            }
        }
        return new Abstention(
                rejection.share(),
                rejection.threshold(),
                right,
                rightRejected,
                predictions.size() - right,
                wrongRejected,
                answered.isEmpty() ? Optional.empty() : Optional.of(Metrics.of(classes, answered)));
    }

    /** All particles. */
    public long particles() {
        return right + wrong;
    }

    /** Particles that are rejected. */
    public long rejected() {
        return rightRejected + wrongRejected;
    }

    /** Share of the particles that are answered. */
    public double answeredShare() {
        return quotient(particles() - rejected(), particles());
    }

    /** Share of the right answers that are rejected; 0 where there is none. */
    public double rightRejectedShare() {
        return quotient(rightRejected, right);
    }

    /** Share of the wrong answers that are rejected; 0 where there is none. */
    public double wrongRejectedShare() {
        return quotient(wrongRejected, wrong);
    }

    /** Classes that occur among all particles and not among the answered ones: no average of these holds them. */
    public List<String> lostClasses(Metrics all) {
        List<String> lost = new ArrayList<>();
        for (int k = 0; k < all.perClass().size(); k++) {
            int id = k;
            long left = answered.map(figures -> figures.perClass().get(id).support())
                    .orElse(0L);
            if (left == 0 && all.perClass().get(k).support() > 0) {
                lost.add(all.perClass().get(k).name());
            }
        }
        return lost;
    }

    /**
     * In plain words, what rejection comes to.
     *
     * @param all figures of all particles
     */
    public String sentence(Metrics all) {
        List<String> lost = lostClasses(all);
        return String.format(
                        Locale.ROOT,
                        "With --reject %s (energy above %.3f) %d of %d particles are answered (%.1f %%)",
                        share,
                        threshold,
                        particles() - rejected(),
                        particles(),
                        100 * answeredShare())
                + answered.map(figures -> ": macro F1 " + interval(figures.f1()) + " against "
                                + interval(all.f1()) + " of all, accuracy " + interval(figures.accuracy()) + " against "
                                + interval(all.accuracy()))
                        .orElse("")
                + String.format(
                        Locale.ROOT,
                        "; rejected are %.1f %% of the right answers (%d of %d) and %.1f %% of the wrong ones (%d of %d)",
                        100 * rightRejectedShare(),
                        rightRejected,
                        right,
                        100 * wrongRejectedShare(),
                        wrongRejected,
                        wrong)
                + (answered.isEmpty() || lost.isEmpty()
                        ? ""
                        : "; no particle of " + String.join(", ", lost) + " is answered, and no average counts it")
                + ".";
    }

    private static String interval(Estimate e) {
        return String.format(Locale.ROOT, "%.3f [%.3f, %.3f]", e.value(), e.low(), e.high());
    }

    private static double quotient(long part, long whole) {
        return whole == 0 ? 0 : (double) part / whole;
    }
}
