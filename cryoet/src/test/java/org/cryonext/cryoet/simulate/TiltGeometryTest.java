package org.cryonext.cryoet.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TiltGeometryTest {
    @Test
    void shrecsTiltsAreWholeDegrees() {
        double[] degrees = TiltGeometry.shrec().degrees();
        assertThat(degrees).hasSize(41);
        for (int i = 0; i < degrees.length; i++) {
            assertThat(degrees[i]).isEqualTo(3 * i - 60);
        }
    }

    @ParameterizedTest
    @CsvSource({"40, 27", "50, 35", "10, 7", "80, 55", "59.5, 41"})
    void theTiltsReachTheAngleInEqualStepsOfAboutThreeDegrees(double maxTilt, int tilts) {
        TiltGeometry geometry = TiltGeometry.upTo(maxTilt);
        double[] degrees = geometry.degrees();
        assertThat(geometry.tilts()).isEqualTo(tilts);
        assertThat(degrees[0]).isEqualTo(-maxTilt);
        assertThat(degrees[tilts - 1]).isEqualTo(maxTilt);
        assertThat(Arrays.stream(degrees)).contains(0.0);
        for (int i = 1; i < tilts; i++) {
            assertThat(degrees[i] - degrees[i - 1])
                    .isCloseTo(maxTilt * 2 / (tilts - 1), within(1e-12))
                    .isCloseTo(3, within(0.4));
        }
    }
}
