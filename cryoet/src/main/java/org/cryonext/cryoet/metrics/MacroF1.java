package org.cryonext.cryoet.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A macro F1 with both its intervals: of one classification, or the mean over several of the same particles, such as those of
 * trainings with different seeds.
 *
 * @param byParticle with its interval by particle
 * @param byTomogram with its interval by tomogram; empty where all particles are of one
 */
public record MacroF1(Estimate byParticle, Optional<Estimate> byTomogram) {

    /** That of figures which were computed already. */
    public static MacroF1 of(Metrics metrics) {
        return new MacroF1(metrics.f1(), metrics.byTomogram().map(TomogramIntervals::f1));
    }

    /**
     * The mean over several classifications of the same particles. Each resample draws particles (or tomograms), on which all
     * of them are measured: the intervals say how the mean varies with the choice of particles, not with the seed.
     *
     * @param classes names, in the order of the class ids
     * @param runs at least one; a single one has the intervals of {@link Metrics}
     * @throws org.cryonext.engine.io.InputException where they are not of the same particles, or there are none
     */
    public static MacroF1 mean(List<String> classes, List<List<Prediction>> runs) {
        if (runs.size() == 1) {
            return of(Metrics.of(classes, runs.getFirst()));
        }
        List<List<Pair>> answers =
                runs.stream().map(run -> Pair.of(runs.getFirst(), run)).toList();
        // Sorted by place, so that the draws do not depend on the order of the predictions.
        List<int[]> tomograms =
                new ArrayList<>(IntStream.range(0, answers.getFirst().size())
                        .boxed()
                        .collect(Collectors.groupingBy(
                                i -> answers.getFirst().get(i).tomogram(), TreeMap::new, Collectors.toList()))
                        .values()
                        .stream()
                        .map(rows -> rows.stream().mapToInt(Integer::intValue).toArray())
                        .toList());
        Mean mean = new Mean(classes.size(), answers);
        int particles = answers.getFirst().size();
        IntStream.range(0, particles).forEach(mean::add);
        double value = mean.take();
        Estimate byParticle = estimate(value, random -> {
            for (int i = 0; i < particles; i++) {
                mean.add(random.nextInt(particles));
            }
            return mean.take();
        });
        if (tomograms.size() < 2) {
            return new MacroF1(byParticle, Optional.empty());
        }
        return new MacroF1(byParticle, Optional.of(estimate(value, random -> {
            for (int i = 0; i < tomograms.size(); i++) {
                for (int row : tomograms.get(random.nextInt(tomograms.size()))) {
                    mean.add(row);
                }
            }
            return mean.take();
        })));
    }

    private interface Resample {
        double draw(SplittableRandom random);
    }

    private static Estimate estimate(double value, Resample resample) {
        SplittableRandom random = new SplittableRandom(Bootstrap.DEFAULT.seed());
        double[] values = new double[Bootstrap.DEFAULT.resamples()];
        for (int r = 0; r < values.length; r++) {
            values[r] = resample.draw(random);
        }
        double[] interval = Bootstrap.percentiles(values);
        return new Estimate(value, interval[0], interval[1]);
    }

    /** Counts particles for all classifications at once. */
    private static final class Mean {
        private final List<List<Pair>> answers;
        private final List<Tally> tallies;

        Mean(int classes, List<List<Pair>> answers) {
            this.answers = answers;
            tallies = answers.stream().map(any -> new Tally(classes)).toList();
        }

        void add(int row) {
            for (int run = 0; run < tallies.size(); run++) {
                Pair pair = answers.get(run).get(row);
                tallies.get(run).add(pair.truth(), pair.second());
            }
        }

        /** The mean over what was counted, which is forgotten. */
        double take() {
            double sum = 0;
            for (Tally tally : tallies) {
                sum += tally.macro(tally::f1);
                tally.clear();
            }
            return sum / tallies.size();
        }
    }
}
