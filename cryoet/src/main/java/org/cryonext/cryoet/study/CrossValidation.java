package org.cryonext.cryoet.study;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Collectors;
import org.cryonext.cryoet.metrics.MacroF1;
import org.cryonext.cryoet.metrics.Prediction;
import org.cryonext.cryoet.metrics.Rival;
import org.cryonext.cryoet.report.Result;

/** Joins what the folds' networks said about the tomograms that they did not train on. */
final class CrossValidation {
    private CrossValidation() {}

    /**
     * The answers of all folds together, of each seed: the macro F1, the mean over the seeds.
     *
     * @param runs of one variant
     */
    static MacroF1 f1(List<FairRun> runs) {
        List<String> classes = heldOut(runs.getFirst()).metrics().confusion().classes();
        return MacroF1.mean(
                classes,
                List.copyOf(runs.stream()
                        .collect(Collectors.groupingBy(
                                FairRun::seed,
                                LinkedHashMap::new,
                                Collectors.flatMapping(
                                        run -> heldOut(run).predictions().stream(), Collectors.toList())))
                        .values()));
    }

    /** The answers of all folds of the first seed, with the baselines, which no seed changes. */
    static Result ofFirstSeed(List<FairRun> runs) {
        return joined(
                "fair",
                runs.stream()
                        .filter(run -> run.seed() == runs.getFirst().seed())
                        .map(CrossValidation::heldOut)
                        .toList());
    }

    private static Result heldOut(FairRun run) {
        return run.network().results().get(Reproduction.HELD_OUT);
    }

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
