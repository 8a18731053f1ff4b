package org.cryonext.cryoet.score;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.cryonext.cryoet.metrics.ConfusionMatrix;

/**
 * Scores particles that were located and classified as the organisers of SHREC 2019, 2020 and 2021 did, from the published
 * behaviour of their scripts.
 *
 * <ul>
 *   <li>A prediction hits the particle under its voxel in the occupancy mask; from 2020 on the mask is dilated once.
 *   <li>A particle counts once; of several predictions the first one says its class.
 *   <li>Classes are scored over the particles of the ground truth alone: a prediction on background lowers the precision of
 *       locating and no class's.
 *   <li>2020: tomograms are taller than the ground truth by the same number of slices at both ends (156). Where any z lies
 *       outside what the ground truth covers, the submission is taken to count from the ground truth's first slice. The score
 *       says which frame was taken, and has a note where the other one would find far more particles.
 *   <li>2021: particles of class 4V94 and vesicles do not count; a particle that is called one of these counts as not
 *       classified. Vesicles still count among the particles to be found, as in the published script.
 * </ul>
 */
public final class ShrecScorer {
    private final GroundTruth truth;
    private final ScoreRules rules;
    private final List<String> excluded;
    private final List<String> notes = new ArrayList<>();

    private ShrecScorer(GroundTruth truth, ScoreRules rules) {
        this.truth = truth;
        this.rules = rules;
        excluded = rules.allClasses() ? List.of() : truth.contest().notCounted();
    }

    /** A prediction that hit something. */
    private record Hit(String className, double distance) {}

    /**
     * Scores a submission.
     *
     * @param submission the contest's text, or a STAR or CSV file with classes
     * @param folder the ground truth of one tomogram
     * @throws org.cryonext.engine.io.InputException where a file is missing or cannot be read
     */
    public static ShrecScore score(Path submission, Path folder, ScoreRules rules) {
        Contest contest = rules.contest() != null ? rules.contest() : GroundTruth.contest(folder);
        rules.requireFor(contest, folder);
        try (GroundTruth truth = GroundTruth.open(folder, contest)) {
            String tomogram = folder.toAbsolutePath().normalize().getFileName().toString();
            return new ShrecScorer(truth, rules)
                    .score(new SubmissionReader(contest, truth.classes(), tomogram).read(submission));
        }
    }

    private ShrecScore score(List<Located> submission) {
        ZFrame frame = frame(submission);
        List<Located> predictions = inMaskFrame(submission, frame.fromGroundTruth());
        List<List<Hit>> hits = hits(predictions);
        noteOtherFrame(frame, submission, found(hits));
        return counted(frame, predictions, hits);
    }

    /** The hits of each particle, by its number in the mask; those at 0 hit none. */
    private List<List<Hit>> hits(List<Located> predictions) {
        List<List<Hit>> hits = new ArrayList<>();
        for (int i = 0; i <= truth.particles().size(); i++) {
            hits.add(new ArrayList<>());
        }
        for (Located prediction : predictions) {
            Located place = inside(prediction);
            int number = truth.particleAt(place.x(), place.y(), place.z());
            double distance =
                    number == 0 ? 0 : distance(place, truth.particles().get(number - 1));
            hits.get(number).add(new Hit(prediction.className(), distance));
        }
        return hits;
    }

    /** The submission with z counted from the mask's first slice. */
    private List<Located> inMaskFrame(List<Located> submission, boolean fromTruth) {
        int padding = truth.padding();
        return fromTruth || padding == 0
                ? submission
                : submission.stream().map(p -> p.withZ(p.z() - padding)).toList();
    }

    private ZFrame frame(List<Located> submission) {
        int padding = truth.padding();
        if (truth.contest() == Contest.SHREC_2021 || padding == 0) {
            return new ZFrame(false, "the ground truth has the same slices");
        }
        if (rules.groundTruthZ()) {
            return new ZFrame(true, "--ground-truth-z is given");
        }
        if (truth.contest() == Contest.SHREC_2019) {
            return new ZFrame(false, "so the rule of 2019 (--ground-truth-z otherwise); " + padding + " is subtracted");
        }
        int last = padding + truth.mask().nz();
        long outside =
                submission.stream().filter(p -> p.z() < padding || p.z() > last).count();
        return outside == 0
                ? new ZFrame(
                        false,
                        "all z lie from " + padding + " to " + last
                                + ", which the rule of 2020 takes so (--ground-truth-z otherwise)")
                : new ZFrame(
                        true,
                        outside + " of " + submission.size() + " z lie outside " + padding + " to " + last
                                + ", so by the rule of 2020 " + padding + " is added to all of them");
    }

    /** Warns where z counted from elsewhere would find more than twice as many particles. */
    private void noteOtherFrame(ZFrame frame, List<Located> submission, int found) {
        int enough = 2 * found + 2;
        if (truth.padding() == 0
                || Math.min(submission.size(), truth.particles().size()) < enough) {
            return;
        }
        int other = found(hits(inMaskFrame(submission, !frame.fromGroundTruth())));
        if (other >= enough) {
            ZFrame otherFrame = new ZFrame(!frame.fromGroundTruth(), "");
            notes.add("with z counted from the first slice of the " + frame.origin() + ", " + found + " of the "
                    + truth.particles().size() + " particles are found, but " + other + " if it is that of the "
                    + otherFrame.origin() + "; if that is meant, " + mend(frame));
        }
    }

    private String mend(ZFrame frame) {
        if (!frame.fromGroundTruth()) {
            return "give --ground-truth-z";
        }
        return rules.groundTruthZ()
                ? "leave out --ground-truth-z"
                : "correct the z that lie outside " + truth.padding() + " to "
                        + (truth.padding() + truth.mask().nz());
    }

    /** The place, moved into the tomogram. */
    private Located inside(Located p) {
        // In 2019 the bounds are the mask's, later the tomogram's, which has padding slices at both ends.
        int padding = truth.contest() == Contest.SHREC_2020 ? truth.padding() : 0;
        return new Located(
                p.where(),
                p.className(),
                Math.clamp(p.x(), 0, truth.mask().nx() - 1),
                Math.clamp(p.y(), 0, truth.mask().ny() - 1),
                Math.clamp(p.z(), -padding, truth.mask().nz() + padding - 1));
    }

    private static double distance(Located a, Located b) {
        double x = (double) a.x() - b.x();
        double y = (double) a.y() - b.y();
        double z = (double) a.z() - b.z();
        return Math.sqrt(x * x + y * y + z * z);
    }

    private boolean counts(Located particle) {
        return !excluded.contains(particle.className());
    }

    /** Particles that count and were hit. */
    private int found(List<List<Hit>> hits) {
        return (int) IntStream.range(0, truth.particles().size())
                .filter(i ->
                        counts(truth.particles().get(i)) && !hits.get(i + 1).isEmpty())
                .count();
    }

    private ShrecScore counted(ZFrame frame, List<Located> predictions, List<List<Hit>> hits) {
        List<String> classes = new ArrayList<>(List.of(Contest.BACKGROUND));
        truth.classes().stream().filter(name -> !excluded.contains(name)).forEach(classes::add);
        long[][] confusion = new long[classes.size()][classes.size()];
        int toFind = 0;
        int counting = 0;
        int several = 0;
        for (int i = 0; i < truth.particles().size(); i++) {
            String name = truth.particles().get(i).className();
            List<Hit> own = hits.get(i + 1);
            // The published script takes the ribosomes out of what is to be found, but not the vesicles.
            boolean counts = counts(truth.particles().get(i));
            toFind += counts || name.equals("vesicle") ? 1 : 0;
            if (counts) {
                counting++;
                several += own.size() > 1 ? 1 : 0;
                confusion[classes.indexOf(name)][said(own, classes)]++;
            }
        }
        return new ShrecScore(
                truth.contest(),
                frame,
                predictions.size(),
                toFind,
                found(hits),
                counting - found(hits),
                hits.getFirst().size(),
                several,
                (int) predictions.stream().filter(p -> !inside(p).equals(p)).count(),
                meanDistance(hits),
                new ConfusionMatrix(classes, confusion),
                notes);
    }

    /** The class that a particle was given; 0, the background, where it was not found. */
    private int said(List<Hit> hits, List<String> classes) {
        return hits.stream()
                // In 2019 a prediction of class 0 leaves the word to the next one.
                .filter(hit -> truth.contest() != Contest.SHREC_2019 || !Contest.isBackground(hit.className()))
                .findFirst()
                .map(hit -> Math.max(0, classes.indexOf(hit.className())))
                .orElse(0);
    }

    private double meanDistance(List<List<Hit>> hits) {
        double sum = 0;
        int count = 0;
        for (int i = 0; i < truth.particles().size(); i++) {
            if (counts(truth.particles().get(i))) {
                List<Hit> own = hits.get(i + 1);
                int taken = truth.contest() == Contest.SHREC_2019 ? own.size() : Math.min(1, own.size());
                for (Hit hit : own.subList(0, taken)) {
                    sum += hit.distance();
                    count++;
                }
            }
        }
        return count == 0 ? Double.NaN : sum / count;
    }
}
