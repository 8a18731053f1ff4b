package org.cryonext.cryoet.run;

import java.util.ArrayList;
import java.util.List;

/**
 * The evaluations of a run, each kept until the same is measured again; stored as {@code evaluations.json}.
 *
 * @param evaluations in the order in which they were first made
 */
public record Evaluations(List<EvaluationRecord> evaluations) {
    /** None. */
    public static final Evaluations NONE = new Evaluations(List.of());

    /** Copies the list; null, as in a damaged file, is none. */
    public Evaluations {
        evaluations = evaluations == null ? List.of() : List.copyOf(evaluations);
    }

    /** With another one in the place of what measured the same, else behind the others. */
    Evaluations with(EvaluationRecord added) {
        List<EvaluationRecord> all = new ArrayList<>();
        boolean placed = false;
        for (EvaluationRecord old : evaluations) {
            if (old.measuresTheSame(added)) {
                all.add(added);
                placed = true;
            } else {
                all.add(added.report().equals(old.report()) ? old.withoutReport() : old);
            }
        }
        if (!placed) {
            all.add(added);
        }
        return new Evaluations(all);
    }
}
