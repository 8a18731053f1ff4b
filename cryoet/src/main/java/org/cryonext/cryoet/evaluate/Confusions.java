package org.cryonext.cryoet.evaluate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.cryonext.cryoet.metrics.Prediction;

/**
 * Chooses the pairs of a true and a predicted class that a report shows: those with the most particles, and of each the
 * mistakes that were made most surely, beside the particles of the two classes that were recognised most surely.
 */
final class Confusions {
    /** Pairs, where there are so many. */
    static final int PAIRS = 4;

    /** Mistakes of a pair, where it has so many. */
    static final int EACH = 2;

    private static final Comparator<Prediction> SUREST =
            Comparator.comparingDouble(Prediction::probability).reversed();

    private Confusions() {}

    /**
     * A pair.
     *
     * @param count particles of the class {@code truth} that were taken for {@code predicted}
     * @param support particles of the class {@code truth}
     * @param confused some of them
     * @param right recognised particles of the two classes, one of each where there is one
     */
    record Choice(
            int truth, int predicted, long count, long support, List<Prediction> confused, List<Prediction> right) {

        /** All particles that are to be shown. */
        Stream<Prediction> all() {
            return Stream.concat(confused.stream(), right.stream());
        }
    }

    /** Chooses among the particles of all tomograms; ties go by the order of the classes and of the particles. */
    static List<Choice> choose(List<Prediction> predictions) {
        List<Choice> choices = new ArrayList<>();
        int classes = predictions.getFirst().probabilities().length;
        for (int truth = 0; truth < classes; truth++) {
            for (int predicted = 0; predicted < classes; predicted++) {
                List<Prediction> own = of(predictions, truth, predicted);
                if (truth != predicted && !own.isEmpty()) {
                    choices.add(choice(predictions, truth, predicted, own));
                }
            }
        }
        return choices.stream()
                .sorted(Comparator.comparingLong(Choice::count).reversed())
                .limit(PAIRS)
                .toList();
    }

    private static Choice choice(List<Prediction> predictions, int truth, int predicted, List<Prediction> own) {
        return new Choice(
                truth,
                predicted,
                own.size(),
                predictions.stream().filter(p -> p.truth() == truth).count(),
                own.stream().sorted(SUREST).limit(EACH).toList(),
                Stream.of(recognised(predictions, truth), recognised(predictions, predicted))
                        .flatMap(Optional::stream)
                        .toList());
    }

    private static Optional<Prediction> recognised(List<Prediction> predictions, int id) {
        return of(predictions, id, id).stream().min(SUREST);
    }

    private static List<Prediction> of(List<Prediction> predictions, int truth, int predicted) {
        return predictions.stream()
                .filter(p -> p.truth() == truth && p.predicted() == predicted)
                .toList();
    }
}
