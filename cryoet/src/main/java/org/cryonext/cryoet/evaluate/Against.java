package org.cryonext.cryoet.evaluate;

import java.nio.file.Path;
import java.util.List;
import org.cryonext.cryoet.metrics.Prediction;
import org.cryonext.cryoet.metrics.Rival;
import org.cryonext.cryoet.report.PredictionsCsv;

/** Another model's answers about the same particles, as an earlier evaluation wrote them. */
final class Against {
    private Against() {}

    /**
     * Reads them and compares.
     *
     * @param file {@code predictions.csv} of another evaluation
     * @throws org.cryonext.engine.io.InputException where it is no such file, or is of other particles or classes
     */
    static Rival read(Path file, List<String> classes, List<Prediction> network) {
        return Rival.of(
                "other",
                "the other model",
                "The answers in " + file + ".",
                classes,
                network,
                PredictionsCsv.readEvaluation(file, classes, network));
    }
}
