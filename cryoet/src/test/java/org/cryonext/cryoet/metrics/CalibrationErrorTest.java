package org.cryonext.cryoet.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class CalibrationErrorTest {
    @Test
    void isTheMeanDistanceOfSurenessAndSuccessOverTheBins() {
        CalibrationError error = new CalibrationError();
        // The bin from 12/15 to 13/15: mean probability 0.83, half of them right.
        error.add(0.82, true);
        error.add(0.84, false);
        // The last bin: sure and right.
        error.add(1, true);
        error.add(1, true);
        // The bin up to 6/15, whose end belongs to it: 0.4, none right.
        error.add(6 / 15.0, false);
        assertThat(error.value()).isCloseTo((2 * 0.33 + 0 + 0.4) / 5, within(1e-12));
        assertThat(new CalibrationError().value()).isNaN();
    }
}
