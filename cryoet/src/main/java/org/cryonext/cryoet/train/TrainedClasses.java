package org.cryonext.cryoet.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.cryonext.cryoet.particle.ClassNames;
import org.cryonext.cryoet.particle.Particle;
import org.cryonext.engine.io.InputException;

/** Whether a network can learn the classes that its particles are of. */
final class TrainedClasses {
    private TrainedClasses() {}

    /**
     * @param data where the particles are from, for the message
     * @throws InputException where all particles that train are of the same class
     */
    static void requireSeveral(SampleSet samples, ClassNames classes, Object data) {
        int[] labels = labels(samples, samples.train());
        if (labels.length == 1) {
            int count = samples.train().length;
            throw new InputException(data + ": "
                    + (count == 1 ? "the only particle that trains is" : "all " + count + " particles that train are")
                    + " of the class " + classes.name(labels[0])
                    + ", and a network learns to tell classes apart; give a"
                    + " list with particles of at least two classes, or divide its tomograms otherwise");
        }
    }

    /** A sentence about the classes that validate or are tested and never train. */
    static Optional<String> untrained(PreparedRun run) {
        List<String> classes = run.settings().classes();
        TreeSet<String> names = new TreeSet<>();
        for (int label : labels(run.samples(), run.samples().validation())) {
            names.add(classes.get(label));
        }
        List<String> tested = new ArrayList<>(run.settings().division().test());
        tested.retainAll(run.dataset().names());
        for (String tomogram : tested) {
            run.dataset().tomogram(tomogram).particles().particles().stream()
                    .map(Particle::className)
                    .filter(classes::contains)
                    .forEach(names::add);
        }
        for (int label : labels(run.samples(), run.samples().train())) {
            names.remove(classes.get(label));
        }
        if (names.isEmpty()) {
            return Optional.empty();
        }
        boolean one = names.size() == 1;
        return Optional.of(
                "No particle of the " + (one ? "class " : "classes ") + String.join(", ", names) + " trains: "
                        + (one ? "it occurs" : "they occur")
                        + " only where the run validates or tests, and the network cannot learn "
                        + (one ? "it" : "them") + "; divide the tomograms otherwise, or leave " + (one ? "it" : "them")
                        + " out");
    }

    private static int[] labels(SampleSet samples, int[] indices) {
        return IntStream.of(indices)
                .map(index -> samples.samples().get(index).label())
                .distinct()
                .toArray();
    }
}
