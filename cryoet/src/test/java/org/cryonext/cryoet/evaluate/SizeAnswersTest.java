package org.cryonext.cryoet.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.cryonext.cryoet.baseline.Baselines;
import org.cryonext.cryoet.dataset.Source;
import org.cryonext.cryoet.metrics.Prediction;
import org.cryonext.cryoet.metrics.Rival;
import org.cryonext.cryoet.report.Result;
import org.junit.jupiter.api.Test;

final class SizeAnswersTest {
    private static final List<String> CLASSES = List.of("large", "small");

    /** Size alone gets all right. */
    private static Result result() {
        List<Prediction> predictions = new ArrayList<>();
        for (int line = 1; line <= 10; line++) {
            int truth = line % 2;
            float[] probabilities = {1 - truth, truth};
            predictions.add(new Prediction("a", 1, 2, 3, line, truth, truth, probabilities));
        }
        return Result.of("tomogram", CLASSES, predictions)
                .withRivals(
                        List.of(Rival.of(Baselines.SIZE_ALONE, "size alone", "", CLASSES, predictions, predictions)));
    }

    @Test
    void itIsSaidOfSimulatedTomogramsThatTrainingHasNotSeen() {
        assertThat(SizeAnswers.of(result(), Source.GRANDMODEL, false))
                .singleElement()
                .asString()
                .contains("macro F1 1.000 on grandmodel.mrc", "nothing about tomograms as a microscope gives them");
        assertThat(SizeAnswers.of(result(), Source.RECONSTRUCTION, false))
                .singleElement()
                .asString()
                .endsWith("recognising shapes.");
        assertThat(SizeAnswers.of(result(), Source.TOMOGRAM, false)).isEmpty();
        assertThat(SizeAnswers.of(result(), Source.GRANDMODEL, true)).isEmpty();
    }
}
