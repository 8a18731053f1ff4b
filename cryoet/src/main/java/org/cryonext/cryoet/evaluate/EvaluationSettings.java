package org.cryonext.cryoet.evaluate;

import java.nio.file.Path;
import java.util.List;
import org.cryonext.cryoet.dataset.DataPlace;
import org.cryonext.cryoet.dataset.Source;
import org.cryonext.cryoet.network.Mirrors;
import org.cryonext.cryoet.network.Scorer;
import org.cryonext.cryoet.run.Calibration;
import org.cryonext.cryoet.run.Fusion;
import org.cryonext.cryoet.triplet.Borders;
import org.cryonext.engine.io.InputException;

/**
 * What to evaluate. What is null is as in the run.
 *
 * @param run folder of the run whose best checkpoint decides
 * @param data the data set
 * @param tomograms their names; null for the run's test tomograms
 * @param out folder of the report; null for {@code RUN/evaluation}
 * @param source which volume the slices are cut from
 * @param borders which particles count
 * @param fusion how the views become one answer
 * @param batch particles at once
 * @param against {@code predictions.csv} of another evaluation of the same particles, to be compared with, or null
 * @param mirrors of each particle's cube over whose answers the mean is taken
 * @param reject share of the run's validation particles whose energy is as high as that of what gets no answer; null where
 *     everything gets one
 * @param brief whether tables alone are written, without the page and its charts
 */
public record EvaluationSettings(
        Path run,
        DataPlace data,
        List<String> tomograms,
        Path out,
        Source source,
        Borders borders,
        Fusion fusion,
        int batch,
        Path against,
        Mirrors mirrors,
        Double reject,
        boolean brief) {

    /** Particles are looked at as they are, and all are answered. */
    public EvaluationSettings(
            Path run,
            DataPlace data,
            List<String> tomograms,
            Path out,
            Source source,
            Borders borders,
            Fusion fusion,
            int batch,
            Path against,
            boolean brief) {
        this(run, data, tomograms, out, source, borders, fusion, batch, against, Mirrors.NONE, null, brief);
    }

    /** Everything as in the run. */
    public static EvaluationSettings of(Path run, Path data) {
        return new EvaluationSettings(run, DataPlace.of(data), null, null, null, null, null, Scorer.BATCH, null, false);
    }

    /** The same with the report in another folder. */
    public EvaluationSettings withOut(Path folder) {
        return new EvaluationSettings(
                run, data, tomograms, folder, source, borders, fusion, batch, against, mirrors, reject, brief);
    }

    /** The same with the mean over some mirrorings of each particle's cube. */
    public EvaluationSettings withMirrors(Mirrors some) {
        return new EvaluationSettings(
                run, data, tomograms, out, source, borders, fusion, batch, against, some, reject, brief);
    }

    /** @throws InputException where a number is out of bounds or a tomogram is named twice */
    public EvaluationSettings {
        if (batch < 1) {
            throw new InputException("--batch is " + batch + ", expected at least 1");
        }
        Calibration.requireShare(reject);
        if (tomograms != null) {
            tomograms = List.copyOf(tomograms);
            if (tomograms.isEmpty() || tomograms.stream().distinct().count() != tomograms.size()) {
                throw new InputException("--tomograms is " + tomograms + ", expected names of tomograms, each once");
            }
        }
    }
}
