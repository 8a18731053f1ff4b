package org.cryonext.cryoet.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ContrastTransferTest {
    private final ContrastTransfer transfer = ContrastTransfer.shrec();

    @Test
    void wavelengthOf300KilovoltsIsThatOfTheTables() {
        assertThat(transfer.wavelength()).isCloseTo(0.0019687, within(1e-7));
    }

    @Test
    void proteinIsDarkAtFrequencyZeroByTheAmplitudeContrast() {
        assertThat(transfer.at(0)).isEqualTo(-0.08);
    }

    /** The other usual form, in Angstrom: -sin(g + arcsin A) times the envelope. */
    @Test
    void agreesWithTheFormWithAPhaseShift() {
        double electronRestEnergy = 510998.95;
        double volts = 300e3;
        double wavelength = 12.398419843e3 / Math.sqrt(volts * (2 * electronRestEnergy + volts));
        for (double k = 0; k <= 0.0707; k += 0.0013) {
            double gamma = Math.PI * wavelength * 30000 * k * k
                    - 0.5 * Math.PI * 2.7e7 * Math.pow(wavelength, 3) * Math.pow(k, 4);
            double envelope = Math.exp(-Math.pow(k / (0.4 * 0.05), 2));
            double expected = -Math.sin(gamma + Math.asin(0.08)) * envelope;
            assertThat(transfer.at(10 * k)).isCloseTo(expected, within(2e-5));
        }
    }
}
