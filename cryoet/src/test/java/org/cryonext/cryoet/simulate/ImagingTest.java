package org.cryonext.cryoet.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.cryonext.engine.io.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImagingTest {
    @Test
    void changesOneThingAtATime() {
        assertThat(Imaging.SHREC.withSnr(0.01)).isEqualTo(new Imaging(0.01, 3, 60));
        assertThat(Imaging.SHREC.withDefocus(2)).isEqualTo(new Imaging(0.05, 2, 60));
        assertThat(Imaging.SHREC.withMaxTilt(40)).isEqualTo(new Imaging(0.05, 3, 40));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -3, 21, Double.NaN, Double.POSITIVE_INFINITY})
    void refusesNumbersOutOfBounds(double value) {
        assertThatThrownBy(() -> Imaging.SHREC.withDefocus(value))
                .isInstanceOf(InputException.class)
                .hasMessage("--defocus " + value + " must be between 0.1 and 20.0 micrometres");
        assertThatThrownBy(() -> Imaging.SHREC.withMaxTilt(value * 5))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith("--max-tilt " + value * 5 + " must be between 10.0 and 80.0 degrees");
    }
}
