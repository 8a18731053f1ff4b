package org.cryonext.engine.backend.cuda.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.cryonext.engine.io.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ArchitectureTest {
    @Test
    void isReadAsItIsWritten() {
        assertThat(Architecture.parse("sm_75"))
                .isEqualTo(new Architecture(7, 5))
                .hasToString("sm_75");
        assertThat(Architecture.parse("sm_120")).isEqualTo(new Architecture(12, 0));
        assertThat(Architecture.parse("sm_120").compute()).isEqualTo("compute_120");
    }

    @ParameterizedTest
    @ValueSource(strings = {"90", "sm_9", "sm_90a", "compute_90", "sm_0", ""})
    void anythingElseIsRefused(String text) {
        assertThatThrownBy(() -> Architecture.parse(text))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("expected for instance sm_90");
    }

    @Test
    void olderOnesAndBoardsAreRefusedByName() {
        assertThat(new Architecture(7, 0).refusal())
                .hasValueSatisfying(text -> assertThat(text).contains("older than sm_75"));
        assertThat(new Architecture(8, 7).refusal())
                .hasValueSatisfying(text -> assertThat(text).contains("Jetson"));
        assertThat(new Architecture(7, 5).refusal()).isEmpty();
        assertThat(new Architecture(12, 1).refusal()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"8, 9, 8, 6, true", "8, 6, 8, 9, false", "9, 0, 8, 9, false", "9, 0, 9, 0, true"})
    void runsItsFamilysOlderBinaries(int major, int minor, int otherMajor, int otherMinor, boolean runs) {
        assertThat(new Architecture(major, minor).runs(new Architecture(otherMajor, otherMinor)))
                .isEqualTo(runs);
    }
}
