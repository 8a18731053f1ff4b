package org.cryonext.cryoet.baseline;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.cryonext.cryoet.dataset.LabelledTomogram;
import org.cryonext.cryoet.dataset.Source;
import org.cryonext.cryoet.metrics.Prediction;
import org.cryonext.cryoet.metrics.Rival;
import org.cryonext.cryoet.particle.ClassNames;
import org.cryonext.cryoet.particle.Particle;
import org.cryonext.engine.io.Progress;

/**
 * A trained logistic regression (C = 1) on radial profiles of the density: it knows how large a particle is, and sees
 * nothing of its shape.
 */
public final class SizeAlone {
    private static final double C = 1;

    private final Profiles profiles;
    private final ClassNames classes;
    private final Progress progress;
    private final LogisticRegression regression;
    private final int trained;

    private SizeAlone(
            Profiles profiles, ClassNames classes, Progress progress, LogisticRegression regression, int trained) {
        this.profiles = profiles;
        this.classes = classes;
        this.progress = progress;
        this.regression = regression;
        this.trained = trained;
    }

    /**
     * Trains it.
     *
     * @param profiles those that are known already need not be made again
     * @param classes in the order of the network's ids
     * @param progress is advanced by each tomogram that is read, here and later
     * @throws org.cryonext.engine.io.InputException where a volume cannot be read
     */
    public static SizeAlone fit(Profiles profiles, ClassNames classes, Baselines.Training training, Progress progress) {
        Set<String> tomograms = new LinkedHashSet<>();
        training.particles().forEach(particle -> tomograms.add(particle.tomogram()));
        Map<String, Map<Integer, double[]>> known = profiles(
                profiles, tomograms.stream().map(training.dataset()::tomogram).toList(), training.source(), progress);
        List<Particle> particles = training.particles();
        double[][] rows = particles.stream()
                .map(particle -> known.get(particle.tomogram()).get(particle.line()))
                .toArray(double[][]::new);
        int[] labels = particles.stream().mapToInt(classes::id).toArray();
        LogisticRegression regression = LogisticRegression.fit(rows, labels, classes.size(), C);
        return new SizeAlone(profiles, classes, progress, regression, labels.length);
    }

    /**
     * Lets it classify the particles that a network has classified.
     *
     * @param tomograms those of the particles
     * @param source which volume the network was tested on
     * @param network its predictions, at least one
     * @throws org.cryonext.engine.io.InputException where a volume cannot be read
     */
    public Rival beside(List<? extends LabelledTomogram> tomograms, Source source, List<Prediction> network) {
        Map<String, Map<Integer, double[]>> own = profiles(profiles, tomograms, source, progress);
        return Rival.of(
                Baselines.SIZE_ALONE,
                "size alone",
                "A logistic regression on radial profiles of the density, which says how large a particle is and"
                        + " nothing of its shape; trained on the same " + trained + " particles.",
                classes.names(),
                network,
                Baselines.answers(
                        network,
                        p -> regression.probabilities(own.get(p.tomogram()).get(p.line()))));
    }

    private static Map<String, Map<Integer, double[]>> profiles(
            Profiles profiles, List<? extends LabelledTomogram> tomograms, Source source, Progress progress) {
        Map<String, Map<Integer, double[]>> found = new LinkedHashMap<>();
        for (LabelledTomogram tomogram : tomograms) {
            progress.note(tomogram.name());
            found.put(tomogram.name(), profiles.of(tomogram, source));
            progress.advance(1);
        }
        return found;
    }
}
