package org.cryonext.cryoet.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.cryonext.cryoet.metrics.Prediction;
import org.junit.jupiter.api.Test;

final class ConfusionsTest {
    private final List<Prediction> all = new ArrayList<>();

    private void add(int truth, int predicted, double... probabilities) {
        for (double probability : probabilities) {
            float[] values = new float[4];
            values[predicted] = (float) probability;
            all.add(new Prediction("a", 1, 2, 3, all.size() + 1, truth, predicted, values));
        }
    }

    @Test
    void theMostFrequentPairsComeFirstWithTheirSurestMistakes() {
        add(0, 1, 0.5);
        add(2, 0, 0.4, 0.9, 0.6);
        add(2, 2, 0.7, 0.8);
        add(1, 0, 0.3);
        add(0, 2, 0.5, 0.55);
        List<Confusions.Choice> choices = Confusions.choose(all);
        assertThat(choices).extracting(Confusions.Choice::truth).containsExactly(2, 0, 0, 1);
        assertThat(choices).extracting(Confusions.Choice::predicted).containsExactly(0, 2, 1, 0);
        Confusions.Choice first = choices.getFirst();
        assertThat(first.count()).isEqualTo(3);
        assertThat(first.support()).isEqualTo(5);
        assertThat(first.confused()).extracting(Prediction::line).containsExactly(3, 4);
        assertThat(first.right())
                .as("nothing of class 0 was recognised")
                .extracting(Prediction::line)
                .containsExactly(6);
        assertThat(first.all()).hasSize(3);
    }

    @Test
    void onlyTheMostFrequentAreShownAndNoneWhereNothingIsConfused() {
        add(0, 0, 0.9);
        assertThat(Confusions.choose(all)).isEmpty();
        for (int truth = 0; truth < 3; truth++) {
            add(truth, 3, 0.5);
            add(3, truth, 0.5);
        }
        assertThat(Confusions.choose(all)).hasSize(Confusions.PAIRS);
    }
}
