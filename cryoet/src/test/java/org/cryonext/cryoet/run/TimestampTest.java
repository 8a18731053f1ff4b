package org.cryonext.cryoet.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDateTime;
import org.junit.jupiter.api.Test;

final class TimestampTest {
    @Test
    void aFullMinuteHasItsSecondsToo() {
        assertThat(Timestamp.of(LocalDateTime.of(2026, 11, 28, 10, 26))).isEqualTo("2026-11-28T10:26:00");
        assertThat(Timestamp.of(LocalDateTime.of(2026, 11, 28, 10, 26, 7, 5))).isEqualTo("2026-11-28T10:26:07");
        assertThat(Timestamp.now()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d");
    }
}
