package org.cryonext.cryoet.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.cryonext.cryoet.dataset.LabelledTomogram;
import org.cryonext.cryoet.network.Calibrator;
import org.cryonext.cryoet.network.Mirrors;
import org.cryonext.cryoet.network.Score;
import org.cryonext.cryoet.network.Scorer;
import org.cryonext.cryoet.particle.Particle;
import org.cryonext.cryoet.run.Calibration;
import org.cryonext.cryoet.run.NetworkInput;
import org.cryonext.cryoet.triplet.Borders;
import org.cryonext.cryoet.triplet.SliceCutter;
import org.cryonext.cryoet.volume.Volume;

/**
 * Adds to the calibration of a finished run what the means over mirrorings of the validation particles say. Single answers are
 * calibrated whenever an epoch is the best; these cost eight answers a particle, which can be half of a short training, or all of
 * one with frozen parts, and so are made on request.
 */
final class MirroredCalibration {
    /** So many particles tell the percentiles well enough. */
    private static final int ENOUGH = 500;

    private static final Mirrors ALL = new Mirrors(8);
    private static final int[] MEANS = {2, 4, 8};

    /** Particles between two questions whether to stop. */
    private static final int PART = 64;

    private final PreparedRun run;
    private final TrainContext context;

    private MirroredCalibration(PreparedRun run, TrainContext context) {
        this.run = run;
        this.context = context;
    }

    /**
     * Makes what is missing; nothing where all is there, or the run has no validation particles.
     *
     * @throws StoppedException when a stop is asked for; nothing is written then
     */
    static void complete(PreparedRun run, TrainContext context) {
        if (isMissing(run)) {
            Calibration single = run.folder().calibration().orElseThrow();
            run.folder().write(new MirroredCalibration(run, context).added(single));
        }
    }

    /** Whether there is something to add to a finished run. */
    static boolean isMissing(PreparedRun run) {
        Optional<Calibration> single = run.folder().calibration();
        return single.isPresent()
                && single.orElseThrow().of(ALL.count()).isEmpty()
                && run.samples().validation().length > 0;
    }

    private Calibration added(Calibration single) {
        List<Score> scores = new ArrayList<>();
        List<Integer> truths = new ArrayList<>();
        Map<String, List<Sample>> samples = samples();
        context.progress()
                .start(
                        "Answering mirrored validation particles",
                        samples.values().stream().mapToInt(List::size).sum(),
                        "particles");
        int batch = Math.min(run.settings().hyperparameters().batch(), Scorer.BATCH);
        try (Scorer scorer = Scorer.open(run.folder(), context.backend(), batch)) {
            samples.forEach((tomogram, own) -> {
                scores.addAll(scores(scorer, run.dataset().tomogram(tomogram), own));
                own.forEach(sample -> truths.add(sample.label()));
            });
        }
        context.progress().finish();
        int[] labels = truths.stream().mapToInt(Integer::intValue).toArray();
        Map<Integer, Calibration> means = new TreeMap<>();
        for (int mirrors : MEANS) {
            means.put(mirrors, Calibrator.ofMirrored(scores, mirrors, labels));
        }
        return single.withMirrored(means);
    }

    private List<Score> scores(Scorer scorer, LabelledTomogram tomogram, List<Sample> samples) {
        NetworkInput input = run.settings().input();
        List<Particle> particles = samples.stream().map(Sample::particle).toList();
        List<Score> scores = new ArrayList<>();
        try (Volume volume = tomogram.open(input.source())) {
            // What counts was chosen when the run began.
            SliceCutter cutter = input.cutter(volume, tomogram.placement(input.source()), Borders.PAD);
            for (int from = 0; from < particles.size(); from += PART) {
                if (context.stop().getAsBoolean()) {
                    throw new StoppedException();
                }
                List<Particle> part = particles.subList(from, Math.min(particles.size(), from + PART));
                scores.addAll(scorer.score(cutter, part, ALL, context.progress()));
            }
        }
        return scores;
    }

    /** Validation particles by tomogram, from all over their list, which may be sorted by class. */
    private Map<String, List<Sample>> samples() {
        int[] all = run.samples().validation();
        int count = Math.min(all.length, ENOUGH);
        Map<String, List<Sample>> samples = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            Sample sample = run.samples().samples().get(all[(int) ((long) i * all.length / count)]);
            samples.computeIfAbsent(sample.tomogram(), any -> new ArrayList<>()).add(sample);
        }
        return samples;
    }
}
