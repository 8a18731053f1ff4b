package org.cryonext.cryoet.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.cryonext.cryoet.profile.RadialProfile;
import org.cryonext.cryoet.run.ProfileInput;
import org.cryonext.cryoet.triplet.TrainingStream;
import org.junit.jupiter.api.Test;

final class BatchTest {
    private static final List<Batch> EPOCH = Batch.of(List.of(new int[] {4, 0, 4}, new int[] {1, 4, 0}));

    @Test
    void aFirstDrawIsTheSampleAndNoTwoAreTheSame() {
        assertThat(EPOCH.getFirst().before()).containsExactly(0, 0, 1);
        assertThat(EPOCH.getLast().before()).containsExactly(0, 2, 1);
        assertThat(EPOCH.getFirst().draw(0)).isEqualTo(4);
        assertThat(EPOCH.getFirst().draw(1)).isZero();
        assertThat(EPOCH.stream()
                        .flatMap(batch -> Stream.of(batch.draw(0), batch.draw(1), batch.draw(2)))
                        .toList())
                .doesNotHaveDuplicates();
    }

    @Test
    void aProfileThatIsDrawnAgainLacksOtherNumbers() {
        double[][] profiles = new double[5][];
        Arrays.setAll(profiles, i -> new double[RadialProfile.LENGTH]);
        Arrays.setAll(profiles[4], i -> 1 + i);
        SampleProfiles all = SampleProfiles.of(profiles);
        ProfileInput input = all.statistics(new int[] {0, 4}, 0.5);
        float[] rows = all.trainingRows(input, EPOCH.getFirst(), 7, 2);
        int length = rows.length / 3;
        assertThat(Arrays.copyOfRange(rows, 2 * length, 3 * length)).isNotEqualTo(Arrays.copyOf(rows, length));
    }

    /** What a seed means must stay as it is. */
    @Test
    void theStreamsOfATrainingAreThoseOfEarlierRuns() {
        assertThat(Arrays.stream(TrainingStream.values()).map(TrainingStream::number))
                .containsExactly(-1, -2, -3, -4, -5, -6, -7);
    }
}
