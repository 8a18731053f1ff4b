package org.cryonext.engine.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ScheduleTest {
    @Test
    void warmsUpLinearlyThenStays() {
        Schedule schedule = new Schedule(Schedule.Kind.CONSTANT, 4, 100);
        assertThat(schedule.factor(0)).isEqualTo(0.25);
        assertThat(schedule.factor(3)).isEqualTo(1);
        assertThat(schedule.factor(99)).isEqualTo(1);
    }

    @Test
    void cosineFallsToHalfInTheMiddleAndZeroAtTheEnd() {
        Schedule schedule = new Schedule(Schedule.Kind.COSINE, 10, 110);
        assertThat(schedule.factor(10)).isEqualTo(1);
        assertThat(schedule.factor(60)).isCloseTo(0.5, within(1e-12));
        assertThat(schedule.factor(110)).isCloseTo(0, within(1e-12));
    }
}
