package org.cryonext.engine.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.cryonext.engine.io.InputException;
import org.junit.jupiter.api.Test;

class CpuSpeciesTest {
    @Test
    void forcesTheWidthAskedFor() {
        for (int bits : new int[] {128, 256, 512}) {
            assertThat(CpuSpecies.choose(Integer.toString(bits)).vectorBitSize())
                    .isEqualTo(bits);
        }
        assertThat(CpuSpecies.choose(null).vectorBitSize()).isGreaterThanOrEqualTo(128);
    }

    @Test
    void refusesNonsense() {
        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> CpuSpecies.choose("1024"))
                .withMessage(
                        "System property cryonext.vector is '1024', but must be 128, 256 or 512 (bits of a vector);"
                                + " leave it out to use the machine's own.");
    }

    @Test
    void runsInTheWidthOfThisTestRun() {
        String forced = System.getProperty(CpuSpecies.PROPERTY);
        if (forced != null) {
            assertThat(CpuSpecies.bits()).isEqualTo(Integer.parseInt(forced));
        }
    }
}
