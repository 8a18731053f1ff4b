package org.cryonext.cryoet.baseline;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.cryonext.cryoet.dataset.Dataset;
import org.cryonext.cryoet.dataset.Source;
import org.cryonext.cryoet.metrics.Prediction;
import org.cryonext.cryoet.metrics.Rival;
import org.cryonext.cryoet.particle.ClassNames;
import org.cryonext.cryoet.particle.Particle;
import org.cryonext.engine.io.Progress;

/**
 * The two classifiers that stand beside every network, trained on the particles that the network was trained on:
 *
 * <ul>
 *   <li><i>size alone</i>: {@link SizeAlone};
 *   <li><i>the most frequent class</i> of the training particles, whatever the particle is.
 * </ul>
 */
public final class Baselines {
    /** Id of the logistic regression on radial profiles. */
    public static final String SIZE_ALONE = "size_alone";

    /** Id of the constant answer. */
    public static final String MOST_FREQUENT = "most_frequent";

    private final Profiles profiles;
    private final ClassNames classes;
    private final Progress progress;

    /**
     * @param profiles those that are known already need not be made again
     * @param classes in the order of the network's ids
     */
    public Baselines(Profiles profiles, ClassNames classes, Progress progress) {
        this.profiles = profiles;
        this.classes = classes;
        this.progress = progress;
    }

    /**
     * The particles of a training.
     *
     * @param dataset where their tomograms are
     * @param source which volume the network was trained on
     * @param particles each with the name of its tomogram and its class, at least one
     */
    public record Training(Dataset dataset, Source source, List<Particle> particles) {}

    /**
     * Trains both and lets them classify the network's test particles.
     *
     * @param dataset where the tested tomograms are
     * @param source which volume the network is tested on
     * @param network its predictions, at least one
     * @return size alone, then the most frequent class
     * @throws org.cryonext.engine.io.InputException where a volume cannot be read
     */
    public List<Rival> beside(Training training, Dataset dataset, Source source, List<Prediction> network) {
        int[] labels = training.particles().stream().mapToInt(classes::id).toArray();
        Set<String> trained = new LinkedHashSet<>();
        training.particles().forEach(particle -> trained.add(particle.tomogram()));
        Set<String> tested = new LinkedHashSet<>();
        network.forEach(prediction -> tested.add(prediction.tomogram()));
        progress.start("Size alone", (long) trained.size() + tested.size(), "tomograms");
        Rival sizeAlone = SizeAlone.fit(profiles, classes, training, progress)
                .beside(tested.stream().map(dataset::tomogram).toList(), source, network);
        progress.finish();
        float[] shares = shares(labels);
        String constant = classes.name(largest(shares));
        return List.of(
                sizeAlone,
                Rival.of(
                        MOST_FREQUENT,
                        "the most frequent class",
                        "Every particle is called " + constant + ", the most frequent class of the training particles.",
                        classes.names(),
                        network,
                        answers(network, p -> shares)));
    }

    private float[] shares(int[] labels) {
        float[] shares = new float[classes.size()];
        for (int label : labels) {
            shares[label] += 1f / labels.length;
        }
        return shares;
    }

    static List<Prediction> answers(List<Prediction> network, Function<Prediction, float[]> classifier) {
        List<Prediction> answers = new ArrayList<>(network.size());
        for (Prediction p : network) {
            float[] probabilities = classifier.apply(p);
            answers.add(new Prediction(
                    p.tomogram(), p.x(), p.y(), p.z(), p.line(), p.truth(), largest(probabilities), probabilities));
        }
        return answers;
    }

    /** Of equal ones the first. */
    private static int largest(float[] values) {
        int best = 0;
        for (int k = 1; k < values.length; k++) {
            if (values[k] > values[best]) {
                best = k;
            }
        }
        return best;
    }
}
