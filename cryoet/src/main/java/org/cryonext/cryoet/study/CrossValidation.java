package org.cryonext.cryoet.study;

import java.util.ArrayList;
import java.util.List;
import org.cryonext.cryoet.metrics.Prediction;
import org.cryonext.cryoet.metrics.Rival;
import org.cryonext.cryoet.report.Result;

/** Joins what the folds' networks said about the tomograms that they did not train on. */
final class CrossValidation {
    private CrossValidation() {}

    /**
     * The folds' results as one.
     *
     * @param folds of different tomograms, at least one, with the same rivals beside each
     */
    static Result joined(String name, List<Result> folds) {
        List<String> classes = folds.getFirst().metrics().confusion().classes();
        List<Prediction> network =
                folds.stream().flatMap(fold -> fold.predictions().stream()).toList();
        List<Rival> rivals = new ArrayList<>();
        for (int i = 0; i < folds.getFirst().rivals().size(); i++) {
            int index = i;
            Rival first = folds.getFirst().rivals().get(i);
            List<Prediction> own = folds.stream()
                    .flatMap(fold -> fold.rivals().get(index).predictions().stream())
                    .toList();
            rivals.add(Rival.of(first.id(), first.name(), first.what(), classes, network, own));
        }
        return Result.of(name, classes, network).withRivals(rivals);
    }
}
