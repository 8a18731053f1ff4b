package org.cryonext.cryoet.run;

import java.util.List;
import org.cryonext.cryoet.dataset.DataPlace;
import org.cryonext.cryoet.metrics.Estimate;

/**
 * What an evaluation of a run came to, for its model card.
 *
 * @param report name of the report's folder in the run's folder; null once a later evaluation has taken its place
 * @param place the data set and how its tomograms were taken
 * @param tomograms those that were evaluated
 * @param source which volume of them, in lower case
 * @param mirrors of each particle's cube over whose answers the mean is taken
 * @param borders which particles count, in lower case
 * @param fusion how the images became one answer, in lower case
 * @param epoch of the checkpoint, from 0; null where the run has no log
 * @param particles that count
 * @param f1 macro F1 with its interval by particle
 * @param f1ByTomogram the same with its interval by tomogram; null where there is one tomogram alone
 * @param accuracy with its interval by particle
 * @param sizeAlone macro F1 of the classifier that sees the size alone, on the same particles; null where it was not measured
 * @param mostFrequent macro F1 of the most frequent class; null where it was not measured
 * @param rejection what rejection by energy came to, in a sentence; null where nothing was to be rejected
 * @param trainedOn those of the tomograms that the run was trained on
 * @param validatedOn those of the tomograms that chose its checkpoint and did not train it
 * @param command that measures the same
 * @param date date and time, local
 */
public record EvaluationRecord(
        String report,
        DataPlace place,
        List<String> tomograms,
        String source,
        int mirrors,
        String borders,
        String fusion,
        Integer epoch,
        long particles,
        Estimate f1,
        Estimate f1ByTomogram,
        Estimate accuracy,
        Estimate sizeAlone,
        Estimate mostFrequent,
        String rejection,
        List<String> trainedOn,
        List<String> validatedOn,
        String command,
        String date) {

    /** Copies the lists. */
    public EvaluationRecord {
        tomograms = List.copyOf(tomograms);
        trainedOn = List.copyOf(trainedOn);
        validatedOn = List.copyOf(validatedOn);
    }

    /** Whether the other one is of the same particles in the same volumes, answered in the same way. */
    boolean measuresTheSame(EvaluationRecord other) {
        return place.equals(other.place)
                && tomograms.stream()
                        .sorted()
                        .toList()
                        .equals(other.tomograms.stream().sorted().toList())
                && source.equals(other.source)
                && mirrors == other.mirrors
                && borders.equals(other.borders)
                && fusion.equals(other.fusion);
    }

    /** The same whose report another one has replaced. */
    EvaluationRecord withoutReport() {
        return new EvaluationRecord(
                null,
                place,
                tomograms,
                source,
                mirrors,
                borders,
                fusion,
                epoch,
                particles,
                f1,
                f1ByTomogram,
                accuracy,
                sizeAlone,
                mostFrequent,
                rejection,
                trainedOn,
                validatedOn,
                command,
                date);
    }
}
