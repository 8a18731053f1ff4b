package org.cryonext.cryoet.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.cryonext.cryoet.profile.RadialProfile;
import org.junit.jupiter.api.Test;

final class ProfileInputTest {
    @Test
    void whatRoundingLeavesOfEqualNumbersIsNoDeviation() {
        double[] profile = new double[RadialProfile.LENGTH];
        Arrays.fill(profile, 0.1);
        assertThat(ProfileInput.of(Collections.nCopies(10, profile), 0).deviation())
                .containsOnly(1.0);
        double[] other = profile.clone();
        other[3] += 1e-6;
        assertThat(ProfileInput.of(List.of(profile, other), 0).deviation().get(3))
                .isBetween(4.9e-7, 5.1e-7);
    }
}
