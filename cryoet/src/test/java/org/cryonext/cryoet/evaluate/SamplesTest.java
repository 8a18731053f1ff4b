package org.cryonext.cryoet.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.cryonext.cryoet.metrics.Prediction;
import org.junit.jupiter.api.Test;

final class SamplesTest {
    /** A particle of a class that was taken for another with some probability. */
    private static Prediction prediction(String tomogram, int line, int truth, int predicted, float probability) {
        float[] probabilities = new float[4];
        probabilities[predicted] = probability;
        return new Prediction(tomogram, 1, 2, 3, line, truth, predicted, probabilities);
    }

    @Test
    void everyClassHasOneThatWasRecognisedAndItsSurestMistake() {
        List<Prediction> all = new ArrayList<>();
        for (int line = 1; line <= 8; line++) {
            all.add(prediction(line < 5 ? "a" : "b", line, 0, 0, 0.9f));
        }
        all.add(prediction("a", 9, 0, 1, 0.5f));
        all.add(prediction("b", 10, 0, 2, 0.8f));
        all.add(prediction("a", 11, 1, 1, 0.9f));
        all.add(prediction("b", 12, 1, 1, 0.9f));
        all.add(prediction("b", 13, 1, 1, 0.9f));
        all.add(prediction("b", 14, 2, 3, 0.6f));
        all.add(prediction("b", 15, 2, 0, 0.7f));
        all.add(prediction("b", 16, 2, 0, 0.5f));
        all.add(prediction("b", 17, 3, 3, 0.5f));
        List<Prediction> chosen = Samples.choose(all);
        assertThat(chosen).doesNotHaveDuplicates();
        assertThat(chosen).extracting(Prediction::truth).containsExactly(0, 0, 1, 1, 2, 2, 3);
        assertThat(chosen.get(0).correct()).isTrue();
        assertThat(chosen.get(1).line()).isEqualTo(10);
        assertThat(chosen.subList(2, 4)).allMatch(Prediction::correct);
        assertThat(chosen.subList(4, 6)).extracting(Prediction::line).containsExactly(15, 14);
        assertThat(Samples.of("a", chosen))
                .allMatch(prediction -> prediction.tomogram().equals("a"));
    }
}
