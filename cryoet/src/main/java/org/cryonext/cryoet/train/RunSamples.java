package org.cryonext.cryoet.train;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.cryonext.cryoet.dataset.Dataset;
import org.cryonext.cryoet.particle.ClassNames;
import org.cryonext.cryoet.particle.Particle;
import org.cryonext.cryoet.run.DataDivision;
import org.cryonext.cryoet.run.RunFolder;
import org.cryonext.cryoet.run.RunSettings;
import org.cryonext.cryoet.run.SplitBy;

/**
 * Which particles a run trained, validated and tests on, worked out again from its settings; for reports.
 *
 * @param train particles of each class that train
 * @param validation particles of each class that validate
 * @param training the particles that train
 * @param testLines for runs with an order file, the lines of each tomogram's list that test; else empty: whole
 *     tomograms test
 */
public record RunSamples(
        long[] train, long[] validation, List<Particle> training, Map<String, Set<Integer>> testLines) {

    /**
     * Reads the run's particles.
     *
     * @throws org.cryonext.engine.io.InputException where the data set lacks some of them
     */
    public static RunSamples of(RunFolder folder, Dataset dataset) {
        RunSettings settings = folder.settings();
        DataDivision division = settings.division();
        ClassNames classes = new ClassNames(settings.classes());
        SampleReader reader = new SampleReader(dataset);
        Map<String, Set<Integer>> testLines = new HashMap<>();
        SampleSet samples;
        if (division.splitBy() == SplitBy.ORDER) {
            OrderFile order = OrderFile.read(folder.order());
            for (OrderFile.Place place : order.test()) {
                testLines
                        .computeIfAbsent(place.tomogram(), name -> new HashSet<>())
                        .add(place.line());
            }
            List<Sample> all = reader.particles(order.samples(), folder.order() + ": samples").stream()
                    .map(particle -> new Sample(particle.tomogram(), particle, classes.id(particle)))
                    .toList();
            samples = new SampleSet(all, order.train(), order.validation());
        } else {
            List<Sample> train = reader.samples(division.train(), settings.input(), classes);
            long seed = settings.hyperparameters().seed();
            SampleSet all = division.splitBy() == SplitBy.PARTICLE
                    ? SampleSet.divide(train, Presets.TRAINING_SHARE, seed)
                    : SampleSet.join(train, reader.samples(division.validation(), settings.input(), classes));
            samples = all.withTrainingShare(division.trainShare(), seed);
        }
        return new RunSamples(
                counts(samples, samples.train(), classes),
                counts(samples, samples.validation(), classes),
                training(samples),
                testLines);
    }

    private static List<Particle> training(SampleSet samples) {
        return IntStream.of(samples.train())
                .mapToObj(index -> samples.samples().get(index))
                .map(sample -> sample.particle().in(sample.tomogram()))
                .toList();
    }

    private static long[] counts(SampleSet samples, int[] indices, ClassNames classes) {
        long[] counts = new long[classes.size()];
        for (int index : indices) {
            counts[samples.samples().get(index).label()]++;
        }
        return counts;
    }
}
